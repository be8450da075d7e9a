package io.computeruse.sandbox.config;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;

/**
 * The private IPv4 range of the network. An instance is a block of RFC 1918 addresses from /16 to /24: EC2 accepts these sizes, and
 * each of the four subnets has at least 59 usable addresses.
 */
public final class VpcCidr {
    public static final String KEY = "vpcCidr";
    public static final VpcCidr DEFAULT = parse("10.42.0.0/16");

    private static final int WIDEST = 16;
    private static final int NARROWEST = 24;

    private final IPAddress block;

    private VpcCidr(IPAddress block) {
        this.block = block;
    }

    /** @throws InvalidSettingException if the text is not such a block */
    public static VpcCidr parse(String text) {
        var fix = "Write a private block such as 10.42.0.0/16";
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}")) {
            throw new InvalidSettingException(KEY, text, "is not an IPv4 CIDR block", fix);
        }
        var block = new IPAddressString(text).getAddress();
        if (block == null || !block.isPrefixBlock()) {
            throw new InvalidSettingException(
                    KEY, text, "is not an IPv4 CIDR block, or has bits set after its prefix", fix);
        }
        if (!block.isLocal() || block.isLinkLocal()) {
            throw new InvalidSettingException(KEY, text, "is not in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", fix);
        }
        int prefix = block.getNetworkPrefixLength();
        if (prefix < WIDEST || prefix > NARROWEST) {
            throw new InvalidSettingException(
                    KEY, text, "is not between /%d and /%d".formatted(WIDEST, NARROWEST), fix);
        }
        return new VpcCidr(block);
    }

    /** The block in CIDR notation. */
    public String cidr() {
        return block.toCanonicalString();
    }

    /** Prefix length of the whole block, 16 to 24. */
    public int prefixLength() {
        return block.getNetworkPrefixLength();
    }

    /** One of the equal blocks that this one divides into; the first has the index 0. */
    public String subBlock(int prefixLength, int index) {
        var first = block.setPrefixLength(prefixLength, false).getLower().toIPv4();
        long size = 1L << (32 - prefixLength);
        return first.increment(size * index)
                .setPrefixLength(prefixLength, false)
                .toPrefixBlock()
                .toCanonicalString();
    }

    @Override
    public String toString() {
        return cidr();
    }
}
