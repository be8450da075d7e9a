package io.computeruse.sandbox.network;

import com.pulumi.aws.AwsFunctions;
import com.pulumi.aws.ec2.DefaultSecurityGroup;
import com.pulumi.aws.ec2.DefaultSecurityGroupArgs;
import com.pulumi.aws.ec2.Eip;
import com.pulumi.aws.ec2.EipArgs;
import com.pulumi.aws.ec2.InternetGateway;
import com.pulumi.aws.ec2.InternetGatewayArgs;
import com.pulumi.aws.ec2.NatGateway;
import com.pulumi.aws.ec2.NatGatewayArgs;
import com.pulumi.aws.ec2.Route;
import com.pulumi.aws.ec2.RouteArgs;
import com.pulumi.aws.ec2.RouteTable;
import com.pulumi.aws.ec2.RouteTableArgs;
import com.pulumi.aws.ec2.RouteTableAssociation;
import com.pulumi.aws.ec2.RouteTableAssociationArgs;
import com.pulumi.aws.ec2.Subnet;
import com.pulumi.aws.ec2.SubnetArgs;
import com.pulumi.aws.ec2.Vpc;
import com.pulumi.aws.ec2.VpcArgs;
import com.pulumi.aws.inputs.GetAvailabilityZonesArgs;
import com.pulumi.core.Output;
import com.pulumi.deployment.InvokeOptions;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.VpcCidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The network: two availability zones with a public and a private subnet each.
 *
 * <p>Promise: the private subnets, where the tasks live, have no route from the internet and no IPv6; the way out is a NAT
 * gateway. Nothing gets a public address by default, and the VPC's default security group lets nothing through.
 */
public final class SandboxVpc extends ComponentResource {
    private static final String EVERYWHERE = "0.0.0.0/0";
    private static final String EVERYWHERE_IPV6 = "::/0";

    private final Vpc vpc;
    private final List<Output<String>> publicSubnetIds = new ArrayList<>();
    private final List<Output<String>> privateSubnetIds = new ArrayList<>();
    private final List<Resource> internetRoutes = new ArrayList<>();
    private final List<Resource> natRoutes = new ArrayList<>();

    /** @param natGateways 1 for both zones, or 2: one each, so that a zone's failure does not cut the other off */
    public record Args(VpcCidr cidr, int natGateways) {}

    public SandboxVpc(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:SandboxVpc", name, options);
        vpc = new Vpc(
                name,
                VpcArgs.builder()
                        .cidrBlock(args.cidr().cidr())
                        .assignGeneratedIpv6CidrBlock(true)
                        .enableDnsSupport(true)
                        .enableDnsHostnames(true)
                        .tags(named(name))
                        .build(),
                child());
        new DefaultSecurityGroup(
                "default",
                DefaultSecurityGroupArgs.builder()
                        .vpcId(vpc.id())
                        .ingress(List.of())
                        .egress(List.of())
                        .tags(named(name + "-default-empty"))
                        .build(),
                child());
        var gateway = new InternetGateway(
                name,
                InternetGatewayArgs.builder().vpcId(vpc.id()).tags(named(name)).build(),
                child());
        var zones = AwsFunctions.getAvailabilityZones(
                        GetAvailabilityZonesArgs.builder().state("available").build(),
                        InvokeOptions.builder().parent(this).build())
                .applyValue(found -> {
                    if (found.names().size() < SubnetPlan.ZONES) {
                        throw new IllegalStateException(
                                "this region offers the account %d availability zone(s), and the sandbox needs %d: choose another aws:region"
                                        .formatted(found.names().size(), SubnetPlan.ZONES));
                    }
                    return found.names();
                });
        var plan = SubnetPlan.of(args.cidr());
        var publicTable = routeTable("public");
        internetRoutes.add(new Route(
                "public",
                RouteArgs.builder()
                        .routeTableId(publicTable.id())
                        .destinationCidrBlock(EVERYWHERE)
                        .gatewayId(gateway.id())
                        .build(),
                child()));
        internetRoutes.add(new Route(
                "public-ipv6",
                RouteArgs.builder()
                        .routeTableId(publicTable.id())
                        .destinationIpv6CidrBlock(EVERYWHERE_IPV6)
                        .gatewayId(gateway.id())
                        .build(),
                child()));
        RouteTable privateTable = null;
        for (int i = 0; i < SubnetPlan.ZONES; i++) {
            var zone = zone(zones, i);
            var publicSubnet = publicSubnet(i, zone, plan);
            associate("public-" + i, publicTable, publicSubnet);
            publicSubnetIds.add(publicSubnet.id());
            if (i < args.natGateways()) {
                privateTable = routeTable("private-" + i);
                natRoutes.add(natRoute(i, publicSubnet, privateTable));
            }
            var privateSubnet = new Subnet(
                    "private-" + i,
                    SubnetArgs.builder()
                            .vpcId(vpc.id())
                            .availabilityZone(zone)
                            .cidrBlock(plan.privateBlocks().get(i))
                            .mapPublicIpOnLaunch(false)
                            .tags(named("private-" + i))
                            .build(),
                    child());
            associate("private-" + i, privateTable, privateSubnet);
            privateSubnetIds.add(privateSubnet.id());
        }
        registerOutputs(Map.of("vpcId", vpc.id()));
    }

    private Subnet publicSubnet(int index, Output<String> zone, SubnetPlan plan) {
        return new Subnet(
                "public-" + index,
                SubnetArgs.builder()
                        .vpcId(vpc.id())
                        .availabilityZone(zone)
                        .cidrBlock(plan.publicBlocks().get(index))
                        .ipv6CidrBlock(vpc.ipv6CidrBlock().applyValue(block -> SubnetPlan.ipv6Block(block, index)))
                        .mapPublicIpOnLaunch(false)
                        .tags(named("public-" + index))
                        .build(),
                child());
    }

    private Route natRoute(int index, Subnet publicSubnet, RouteTable table) {
        var address = new Eip(
                "nat-" + index,
                EipArgs.builder().domain("vpc").tags(named("nat-" + index)).build(),
                child());
        var gateway = new NatGateway(
                "nat-" + index,
                NatGatewayArgs.builder()
                        .subnetId(publicSubnet.id())
                        .allocationId(address.id())
                        .tags(named("nat-" + index))
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        // Without its subnet's route to the internet a NAT gateway is made but forwards nothing.
                        .dependsOn(internetRoutes)
                        .build());
        return new Route(
                "private-" + index,
                RouteArgs.builder()
                        .routeTableId(table.id())
                        .destinationCidrBlock(EVERYWHERE)
                        .natGatewayId(gateway.id())
                        .build(),
                child());
    }

    private RouteTable routeTable(String name) {
        return new RouteTable(
                name, RouteTableArgs.builder().vpcId(vpc.id()).tags(named(name)).build(), child());
    }

    private void associate(String name, RouteTable table, Subnet subnet) {
        new RouteTableAssociation(
                name,
                RouteTableAssociationArgs.builder()
                        .routeTableId(table.id())
                        .subnetId(subnet.id())
                        .build(),
                child());
    }

    private static Output<String> zone(Output<List<String>> zones, int index) {
        return zones.applyValue(names -> names.get(index));
    }

    private static Map<String, String> named(String name) {
        return Map.of("Name", name);
    }

    private CustomResourceOptions child() {
        return CustomResourceOptions.builder().parent(this).build();
    }

    public Output<String> id() {
        return vpc.id();
    }

    /** One for each zone, dual-stack. */
    public Output<List<String>> publicSubnetIds() {
        return Output.all(publicSubnetIds);
    }

    /** One for each zone, IPv4 only. */
    public Output<List<String>> privateSubnetIds() {
        return Output.all(privateSubnetIds);
    }

    /** What has to exist before a load balancer in the public subnets is reachable. */
    public List<Resource> internetReady() {
        return List.copyOf(internetRoutes);
    }

    /** What has to exist before a task in the private subnets can pull its image. */
    public List<Resource> egressReady() {
        return List.copyOf(natRoutes);
    }
}
