package io.computeruse.sandbox.config;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Objects;

/**
 * The one range of source addresses that may open a connection to the sandbox.
 *
 * <p>Promise: an instance is never wider than /16 (IPv4) or /32 (IPv6), and never an unspecified, loopback or multicast address.
 * Text that is not clearly one address or one CIDR block is refused, not interpreted, because a wrong guess would let strangers
 * in.
 */
public final class IngressCidr {
    /** The configuration key that holds it. */
    public static final String KEY = "deployerIp";

    /** Matches nobody: the limited broadcast address is never a source address (RFC 919, RFC 1122 section 3.2.1.3). */
    public static final IngressCidr BLOCKED = new IngressCidr(parseAddress("255.255.255.255/32"));

    /** The only part of the IPv6 global unicast addresses that IANA has assigned so far (RFC 4291 section 2.4). */
    private static final IPAddress GLOBAL_UNICAST = parseAddress("2000::/3");

    private static final int WIDEST_IPV4 = 16;
    private static final int WIDEST_IPV6 = 32;
    private static final String EXAMPLE =
            "Write one address such as 203.0.113.1 or 2001:db8::1, or a CIDR block such as 203.0.113.0/24";

    private final IPAddress block;

    private IngressCidr(IPAddress block) {
        this.block = block;
    }

    /**
     * Reads an IPv4 or IPv6 address or CIDR block. An address without a prefix length is one host.
     *
     * @throws InvalidSettingException for any other text, and for blocks that must never be admitted
     */
    public static IngressCidr parse(String text) {
        if (text.isBlank()) {
            throw invalid(text, "is empty", EXAMPLE + "; remove the key to let nobody in");
        }
        if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw invalid(text, "contains blanks, control or non-ASCII characters", EXAMPLE);
        }
        IPAddress address;
        try {
            address = parseStrictly(text);
        } catch (AddressStringException e) {
            throw invalid(text, "is not an IPv4 or IPv6 address or CIDR block", EXAMPLE);
        }
        var block = address.getNetworkPrefixLength() == null
                ? address.setPrefixLength(address.getBitCount(), false)
                : address;
        var prefix = block.getNetworkPrefixLength();
        if (!block.isPrefixBlock()) {
            throw invalid(
                    text,
                    "has bits set after its prefix",
                    "Write %s for the whole block or %s for the one address"
                            .formatted(
                                    block.toPrefixBlock().toCanonicalString(),
                                    address.withoutPrefixLength().toCanonicalString()));
        }
        if (block.equals(BLOCKED.block)) {
            return BLOCKED;
        }
        requireUnicast(text, block);
        var widest = block.isIPv4() ? WIDEST_IPV4 : WIDEST_IPV6;
        if (prefix < widest) {
            throw invalid(
                    text,
                    "is wider than /" + widest + ", the widest that may be let in",
                    "Name the address or the block that you connect from");
        }
        return new IngressCidr(block);
    }

    private static void requireUnicast(String text, IPAddress block) {
        var first = block.getLower();
        String kind = null;
        // A block may begin with such an address without being one: 0.0.0.0/0 is not itself unspecified.
        if (first.isZero()) {
            kind = "contains the unspecified address";
        } else if (block.isLoopback()) {
            kind = "is a loopback address, which no packet from another machine can have";
        } else if (block.isMulticast()) {
            kind = "is a multicast address, which is never a source";
        } else if (block.isIPv4() && first.toIPv4().getSegment(0).getSegmentValue() == 0) {
            kind = "is in 0.0.0.0/8, which is never a source";
        } else if (block.isIPv4() && first.toIPv4().getSegment(0).getSegmentValue() >= 240) {
            kind = "is in the reserved block 240.0.0.0/4, which is never a source";
        } else if (block.isIPv6() && block.toIPv6().isIPv4Mapped()) {
            throw invalid(
                    text,
                    "is an IPv4 address written as IPv6",
                    "Write %s"
                            .formatted(block.toIPv6()
                                    .getEmbeddedIPv4Address()
                                    .withoutPrefixLength()
                                    .toCanonicalString()));
        }
        if (kind == null && block.isIPv6() && !GLOBAL_UNICAST.contains(block)) {
            kind = "is outside 2000::/3, the IPv6 addresses of the internet";
        }
        if (kind != null) {
            throw invalid(text, kind, EXAMPLE);
        }
    }

    /** Accepts only forms that every reader understands alike: no octal, hexadecimal or shortened IPv4, ranges, zones or masks. */
    private static IPAddress parseStrictly(String text) throws AddressStringException {
        var slash = text.indexOf('/');
        if (slash >= 0 && !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
            throw new AddressStringException(text, "not a prefix length");
        }
        return new IPAddressString(text, Strict.PARAMETERS).toAddress();
    }

    private static IPAddress parseAddress(String text) {
        try {
            return parseStrictly(text);
        } catch (AddressStringException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static InvalidSettingException invalid(String text, String reason, String fix) {
        return new InvalidSettingException(KEY, text, reason, fix);
    }

    /** True if nobody may connect. */
    public boolean isBlocked() {
        return equals(BLOCKED);
    }

    public boolean isIpv6() {
        return block.isIPv6();
    }

    /** The block in canonical form with its prefix length, as EC2 stores it; for instance {@code 203.0.113.1/32}. */
    public String cidr() {
        return block.toCanonicalString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IngressCidr that && cidr().equals(that.cidr());
    }

    @Override
    public int hashCode() {
        return Objects.hash(cidr());
    }

    @Override
    public String toString() {
        return cidr();
    }

    /** A class of its own, so that {@link #BLOCKED} can use it while the outer class is still being initialised. */
    private static final class Strict {
        static final IPAddressStringParameters PARAMETERS = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowMask(false)
                .allowSingleSegment(false)
                .allowPrefixOnly(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
                .getIPv4AddressParametersBuilder()
                .allow_inet_aton(false)
                .allowLeadingZeros(false)
                .allowPrefixLengthLeadingZeros(false)
                .allowBinary(false)
                .getParentBuilder()
                .getIPv6AddressParametersBuilder()
                // The library has separate rules for the IPv4 part of 2001:db8::203.0.113.1.
                .getEmbeddedIPv4AddressParametersBuilder()
                .allow_inet_aton(false)
                .allowLeadingZeros(false)
                .allowBinary(false)
                .getEmbeddedIPv4AddressParentBuilder()
                .allowZone(false)
                .allowBase85(false)
                .allowBinary(false)
                .allowPrefixLengthLeadingZeros(false)
                .getParentBuilder()
                .toParams();
    }
}
