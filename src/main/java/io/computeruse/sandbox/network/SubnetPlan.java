package io.computeruse.sandbox.network;

import inet.ipaddr.IPAddressString;
import io.computeruse.sandbox.config.VpcCidr;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The address ranges of the four subnets. The VPC's range is divided into four equal blocks: two public ones, then two private ones.
 *
 * @param publicBlocks IPv4 blocks, one for each availability zone
 * @param privateBlocks IPv4 blocks, one for each availability zone
 */
public record SubnetPlan(List<String> publicBlocks, List<String> privateBlocks) {
    private static final int ZONES = AvailabilityZones.NEEDED;

    /** Divides the range of a VPC. */
    public static SubnetPlan of(VpcCidr vpc) {
        int prefix = vpc.prefixLength() + 2;
        return new SubnetPlan(
                IntStream.range(0, ZONES).mapToObj(i -> vpc.subBlock(prefix, i)).toList(),
                IntStream.range(ZONES, 2 * ZONES)
                        .mapToObj(i -> vpc.subBlock(prefix, i))
                        .toList());
    }

    /**
     * One of the /64 blocks of the /56 block that Amazon assigns to a VPC.
     *
     * @param vpcIpv6Block for instance {@code 2600:1f14:abc:de00::/56}
     * @param index 0 for the first block
     */
    public static String ipv6Block(String vpcIpv6Block, int index) {
        var block = new IPAddressString(vpcIpv6Block).getAddress();
        if (block == null || !block.isIPv6() || block.getNetworkPrefixLength() == null) {
            throw new IllegalArgumentException("not an IPv6 block: " + vpcIpv6Block);
        }
        return block.toIPv6()
                .getLower()
                .increment(BigInteger.ONE.shiftLeft(64).multiply(BigInteger.valueOf(index)))
                .setPrefixLength(64, false)
                .toPrefixBlock()
                .toCanonicalString();
    }
}
