package io.computeruse.sandbox.network;

import com.pulumi.aws.AwsFunctions;
import com.pulumi.aws.ec2.DefaultSecurityGroup;
import com.pulumi.aws.ec2.DefaultSecurityGroupArgs;
import com.pulumi.aws.ec2.InternetGateway;
import com.pulumi.aws.ec2.InternetGatewayArgs;
import com.pulumi.aws.ec2.RouteTable;
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
 * <p>Promise: the private subnets, which the tasks are in, have no route from the internet and no IPv6; their only way out is a
 * NAT gateway. No subnet assigns public addresses, and the VPC's default security group lets nothing through. The subnets stay in
 * their zones as long as they exist. Resources that depend on this component are created only after every route.
 */
public final class SandboxVpc extends ComponentResource {
    private final Vpc vpc;
    private final VpcRoutes routes;
    private final List<Subnet> publicSubnets = new ArrayList<>();
    private final List<Output<String>> privateSubnetIds = new ArrayList<>();

    /** @param natGateways 1 for both zones, or 2: one for each, so that a zone's failure does not cut the other one off */
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
        routes = new VpcRoutes(this, vpc, gateway);
        var privateTables = new ArrayList<RouteTable>();
        for (int i = 0; i < AvailabilityZones.NEEDED; i++) {
            var publicSubnet = publicSubnet(i, zones, plan);
            routes.associate("public-" + i, routes.publicTable(), publicSubnet);
            publicSubnets.add(publicSubnet);
            if (i < args.natGateways()) {
                privateTables.add(routes.privateTable(i, publicSubnet));
            }
            var privateSubnet = privateSubnet(i, publicSubnet, plan);
            // With one NAT gateway for both zones, the second zone's subnet shares the first one's table.
            routes.associate("private-" + i, privateTables.get(Math.min(i, args.natGateways() - 1)), privateSubnet);
            privateSubnetIds.add(privateSubnet.id());
        }
        registerOutputs(Map.of("vpcId", vpc.id()));
    }

    /** The zones without Local Zones and Wavelength Zones, which have neither Fargate nor NAT gateways. */
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
     * The zone is chosen when the subnet is created and kept from then on. Otherwise the subnets and everything in them would be
     * replaced when AWS adds a zone or one becomes unavailable.
     */
    private Subnet publicSubnet(int index, Output<AvailabilityZones> zones, SubnetPlan plan) {
        var taken =
                Output.all(publicSubnets.stream().map(Subnet::availabilityZone).toList());
        return new Subnet(
                "public-" + index,
                SubnetArgs.builder()
                        .vpcId(vpc.id())
                        .availabilityZone(Output.tuple(zones, taken).applyValue(t -> t.t1.bestExcept(t.t2)))
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

    private Subnet privateSubnet(int index, Subnet publicSubnet, SubnetPlan plan) {
        return new Subnet(
                "private-" + index,
                SubnetArgs.builder()
                        .vpcId(vpc.id())
                        .availabilityZone(publicSubnet.availabilityZone())
                        .cidrBlock(plan.privateBlocks().get(index))
                        .mapPublicIpOnLaunch(false)
                        .tags(named("private-" + index))
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
        return routes.internetRoutes();
    }
}
