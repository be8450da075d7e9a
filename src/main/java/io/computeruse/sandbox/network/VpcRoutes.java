package io.computeruse.sandbox.network;

import com.pulumi.aws.ec2.Eip;
import com.pulumi.aws.ec2.EipArgs;
import com.pulumi.aws.ec2.InternetGateway;
import com.pulumi.aws.ec2.NatGateway;
import com.pulumi.aws.ec2.NatGatewayArgs;
import com.pulumi.aws.ec2.Route;
import com.pulumi.aws.ec2.RouteArgs;
import com.pulumi.aws.ec2.RouteTable;
import com.pulumi.aws.ec2.RouteTableArgs;
import com.pulumi.aws.ec2.RouteTableAssociation;
import com.pulumi.aws.ec2.RouteTableAssociationArgs;
import com.pulumi.aws.ec2.Subnet;
import com.pulumi.aws.ec2.Vpc;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import java.util.List;
import java.util.Map;

/** Creates the route tables of a VPC: one for all public subnets, and one for each NAT gateway. */
final class VpcRoutes {
    private static final String EVERYWHERE = "0.0.0.0/0";
    private static final String EVERYWHERE_IPV6 = "::/0";

    private final Resource parent;
    private final Vpc vpc;
    private final RouteTable publicTable;
    private final List<Resource> internetRoutes;

    /** @param parent the component that the tables belong to */
    VpcRoutes(Resource parent, Vpc vpc, InternetGateway gateway) {
        this.parent = parent;
        this.vpc = vpc;
        publicTable = table("public");
        internetRoutes = List.of(
                new Route(
                        "public",
                        RouteArgs.builder()
                                .routeTableId(publicTable.id())
                                .destinationCidrBlock(EVERYWHERE)
                                .gatewayId(gateway.id())
                                .build(),
                        child()),
                new Route(
                        "public-ipv6",
                        RouteArgs.builder()
                                .routeTableId(publicTable.id())
                                .destinationIpv6CidrBlock(EVERYWHERE_IPV6)
                                .gatewayId(gateway.id())
                                .build(),
                        child()));
    }

    /** The table of subnets that reach the internet, and are reached from it, over IPv4 and IPv6. */
    RouteTable publicTable() {
        return publicTable;
    }

    /** The routes that make the public subnets public. */
    List<Resource> internetRoutes() {
        return internetRoutes;
    }

    /**
     * A table for private subnets, whose only way out is a new NAT gateway.
     *
     * @param index number of the gateway and the table, which is part of their names
     * @param publicSubnet where the gateway is
     */
    RouteTable privateTable(int index, Subnet publicSubnet) {
        var table = table("private-" + index);
        var name = "nat-" + index;
        var address = new Eip(
                name, EipArgs.builder().domain("vpc").tags(Map.of("Name", name)).build(), child());
        var gateway = new NatGateway(
                name,
                NatGatewayArgs.builder()
                        .subnetId(publicSubnet.id())
                        .allocationId(address.id())
                        .tags(Map.of("Name", name))
                        .build(),
                CustomResourceOptions.builder()
                        .parent(parent)
                        // AWS creates a NAT gateway without a route to the internet too, but it forwards nothing.
                        .dependsOn(internetRoutes)
                        .build());
        new Route(
                "private-" + index,
                RouteArgs.builder()
                        .routeTableId(table.id())
                        .destinationCidrBlock(EVERYWHERE)
                        .natGatewayId(gateway.id())
                        .build(),
                child());
        return table;
    }

    /** Gives a subnet its route table. */
    void associate(String name, RouteTable table, Subnet subnet) {
        new RouteTableAssociation(
                name,
                RouteTableAssociationArgs.builder()
                        .routeTableId(table.id())
                        .subnetId(subnet.id())
                        .build(),
                child());
    }

    private RouteTable table(String name) {
        return new RouteTable(
                name,
                RouteTableArgs.builder()
                        .vpcId(vpc.id())
                        .tags(Map.of("Name", name))
                        .build(),
                child());
    }

    private CustomResourceOptions child() {
        return CustomResourceOptions.builder().parent(parent).build();
    }
}
