package io.computeruse.sandbox.config;

/**
 * What a stack can choose about its network.
 *
 * @param vpcCidr address range of the VPC
 * @param natGateways 1, or 2: one for each availability zone
 * @param tcpIdleTimeout how long the load balancer keeps an idle connection
 */
public record NetworkConfig(VpcCidr vpcCidr, int natGateways, TcpIdleTimeout tcpIdleTimeout) {
    static NetworkConfig read(SettingsReader read) {
        return new NetworkConfig(
                read.value(VpcCidr.KEY, VpcCidr.DEFAULT, VpcCidr::parse),
                read.number("natGateways", 1, 1, 2),
                TcpIdleTimeout.read(read));
    }
}
