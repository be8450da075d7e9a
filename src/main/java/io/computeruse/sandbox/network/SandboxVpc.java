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
import com.pulumi.aws.inputs.GetAvailabilityZonesFilterArgs;
import com.pulumi.core.Output;
import com.pulumi.deployment.InvokeOptions;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.VpcCidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The network: two availability zones with a public and a private subnet each.
 *
 * <p>Promise: the private subnets, where the tasks live, have no route from the internet and no IPv6; the way out is a NAT
 * gateway. Nothing gets a public address by default, and the VPC's default security group lets nothing through. The zones stay
 * the same as long as the subnets live. What depends on this component exists only once every route does.
 */
public final class SandboxVpc extends ComponentResource {
    private static final String EVERYWHERE = "0.0.0.0/0";
    private static final String EVERYWHERE_IPV6 = "::/0";

    private final Vpc vpc;
    private final List<Subnet> publicSubnets = new ArrayList<>();
    private final List<Output<String>> privateSubnetIds = new ArrayList<>();
    private final List<Resource> internetRoutes = new ArrayList<>();

    /** @param natGateways 1 for both zones, or 2: one each, so that a zone's failure does not cut the other off */
    public record Args(Output<AwsLocation> aws, VpcCidr cidr, int natGateways) {}

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
        var zones = availabilityZones(args.aws());
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
        for (int i = 0; i < AvailabilityZones.NEEDED; i++) {
            var publicSubnet = publicSubnet(i, zones, plan);
            associate("public-" + i, publicTable, publicSubnet);
            publicSubnets.add(publicSubnet);
            if (i < args.natGateways()) {
                privateTable = routeTable("private-" + i);
                natRoute(i, publicSubnet, privateTable);
            }
            var privateSubnet = new Subnet(
                    "private-" + i,
                    SubnetArgs.builder()
                            .vpcId(vpc.id())
                            .availabilityZone(publicSubnet.availabilityZone())
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

    /** Local Zones and Wavelength Zones are left out: there is no Fargate in them, and no NAT gateway. */
    private Output<AvailabilityZones> availabilityZones(Output<AwsLocation> aws) {
        var offered = AwsFunctions.getAvailabilityZones(
                GetAvailabilityZonesArgs.builder()
                        .state("available")
                        .filters(
                                filter("opt-in-status", "opt-in-not-required"),
                                filter("zone-type", "availability-zone"))
                        .build(),
                InvokeOptions.builder().parent(this).build());
        return Output.tuple(aws, offered)
                .applyValue(t -> AvailabilityZones.of(t.t1.region(), t.t2.names(), t.t2.zoneIds()));
    }

    private static GetAvailabilityZonesFilterArgs filter(String name, String value) {
        return GetAvailabilityZonesFilterArgs.builder().name(name).values(value).build();
    }

    /**
     * The zone is chosen when the subnet is made and kept from then on. Otherwise a zone that AWS adds, or one that becomes
     * unavailable, would replace the subnets and everything in them.
     */
    private Subnet publicSubnet(int index, Output<AvailabilityZones> zones, SubnetPlan plan) {
        var taken =
                Output.all(publicSubnets.stream().map(Subnet::availabilityZone).toList());
        return new Subnet(
                "public-" + index,
                SubnetArgs.builder()
                        .vpcId(vpc.id())
                        .availabilityZone(Output.tuple(zones, taken).applyValue(t -> t.t1.bestBut(t.t2)))
                        .cidrBlock(plan.publicBlocks().get(index))
                        .ipv6CidrBlock(vpc.ipv6CidrBlock().applyValue(block -> SubnetPlan.ipv6Block(block, index)))
                        .mapPublicIpOnLaunch(false)
                        .tags(named("public-" + index))
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .ignoreChanges("availabilityZone")
                        .build());
    }

    private void natRoute(int index, Subnet publicSubnet, RouteTable table) {
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
        new Route(
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
        return Output.all(publicSubnets.stream().map(Subnet::id).toList());
    }

    /** One for each zone, IPv4 only. */
    public Output<List<String>> privateSubnetIds() {
        return Output.all(privateSubnetIds);
    }

    /** What has to exist before a load balancer in the public subnets is reachable. */
    public List<Resource> internetReady() {
        return List.copyOf(internetRoutes);
    }
}
