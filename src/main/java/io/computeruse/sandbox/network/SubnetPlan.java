package io.computeruse.sandbox.network;

import io.computeruse.sandbox.config.VpcCidr;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which addresses the four subnets get: the VPC's range is cut into four equal blocks, two public, then two private.
 *
 * @param publicBlocks one IPv4 block for each availability zone
 * @param privateBlocks one IPv4 block for each availability zone
 */
public record SubnetPlan(List<String> publicBlocks, List<String> privateBlocks) {
    private static final int ZONES = AvailabilityZones.NEEDED;

    public static SubnetPlan of(VpcCidr vpc) {
        int prefix = vpc.prefixLength() + 2;
        return new SubnetPlan(
                IntStream.range(0, ZONES).mapToObj(i -> vpc.subBlock(prefix, i)).toList(),
                IntStream.range(ZONES, 2 * ZONES)
                        .mapToObj(i -> vpc.subBlock(prefix, i))
                        .toList());
    }

    /**
     * The i-th /64 of the /56 that Amazon assigns to a VPC.
     *
     * @param vpcIpv6Block for instance {@code 2600:1f14:abc:de00::/56}
     */
    public static String ipv6Block(String vpcIpv6Block, int index) {
        var block = new inet.ipaddr.IPAddressString(vpcIpv6Block).getAddress();
        if (block == null || !block.isIPv6() || block.getNetworkPrefixLength() == null) {
            throw new IllegalArgumentException("not an IPv6 block: " + vpcIpv6Block);
        }
        return block.toIPv6()
                .getLower()
                .increment(java.math.BigInteger.ONE.shiftLeft(64).multiply(java.math.BigInteger.valueOf(index)))
                .setPrefixLength(64, false)
                .toPrefixBlock()
                .toCanonicalString();
    }
}
