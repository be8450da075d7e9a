package io.computeruse.sandbox.network;

import com.pulumi.aws.lb.Listener;
import com.pulumi.aws.lb.ListenerArgs;
import com.pulumi.aws.lb.LoadBalancer;
import com.pulumi.aws.lb.LoadBalancerArgs;
import com.pulumi.aws.lb.TargetGroup;
import com.pulumi.aws.lb.TargetGroupArgs;
import com.pulumi.aws.lb.inputs.ListenerDefaultActionArgs;
import com.pulumi.aws.lb.inputs.TargetGroupHealthCheckArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.TcpIdleTimeout;
import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;
import java.util.Map;

/**
 * The only way in: a dual-stack Network Load Balancer that passes TLS through to the tasks.
 *
 * <p>Promise: it is created with its security group, because AWS cannot add one later. It listens on the console's and the
 * viewer's port only. It keeps its name as long as the stack lives, because the certificate is issued for that name.
 */
public final class FrontDoor extends ComponentResource {
    private static final String TCP = "TCP";
    /** Seconds; short, because connections to a task that is being replaced need not end first. */
    private static final int DEREGISTRATION_DELAY = 10;

    private static final int HEALTH_CHECK_INTERVAL = 10;

    private final LoadBalancer loadBalancer;
    private final Entrance console;
    private final Entrance viewer;

    /**
     * @param subnetIds public, dual-stack
     * @param securityGroupId the group that admits the deployer
     * @param idleTimeout how long an idle connection is kept
     * @param internetReady the routes that make the subnets public
     */
    public record Args(
            Output<String> vpcId,
            Output<List<String>> subnetIds,
            Output<String> securityGroupId,
            TcpIdleTimeout idleTimeout,
            List<Resource> internetReady) {}

    /**
     * One port of the front door.
     *
     * @param targetGroup where a service's tasks are registered
     * @param listener what forwards connections to them
     */
    public record Entrance(int port, TargetGroup targetGroup, Listener listener) {}

    public FrontDoor(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:FrontDoor", name, options);
        loadBalancer = new LoadBalancer(
                // The beginning of its name in AWS, to which a deployer's policy can be limited.
                ResourceNames.PROJECT,
                LoadBalancerArgs.builder()
                        .loadBalancerType("network")
                        .internal(false)
                        .ipAddressType("dualstack")
                        .subnets(args.subnetIds())
                        .securityGroups(args.securityGroupId().applyValue(List::of))
                        // A service has one task, so the load balancer's node in the other zone has to reach it too.
                        .enableCrossZoneLoadBalancing(true)
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .dependsOn(args.internetReady())
                        .build());
        console = entrance("console", Ports.CONSOLE, args);
        viewer = entrance("viewer", Ports.VIEWER, args);
        registerOutputs(Map.of("host", loadBalancer.dnsName()));
    }

    private Entrance entrance(String name, int port, Args args) {
        var child = CustomResourceOptions.builder().parent(this).build();
        var targets = new TargetGroup(
                name,
                TargetGroupArgs.builder()
                        .vpcId(args.vpcId())
                        .targetType("ip")
                        .protocol(TCP)
                        .port(port)
                        .deregistrationDelay(DEREGISTRATION_DELAY)
                        // The tasks' security groups admit the load balancer's group, which matches only if connections
                        // come from the load balancer's own addresses.
                        .preserveClientIp("false")
                        .healthCheck(TargetGroupHealthCheckArgs.builder()
                                .protocol(TCP)
                                .port(Integer.toString(port))
                                .interval(HEALTH_CHECK_INTERVAL)
                                .healthyThreshold(2)
                                .unhealthyThreshold(2)
                                .build())
                        .build(),
                child);
        var listener = new Listener(
                name,
                ListenerArgs.builder()
                        .loadBalancerArn(loadBalancer.arn())
                        .port(port)
                        .protocol(TCP)
                        .tcpIdleTimeoutSeconds(args.idleTimeout().seconds())
                        .defaultActions(ListenerDefaultActionArgs.builder()
                                .type("forward")
                                .targetGroupArn(targets.arn())
                                .build())
                        .build(),
                child);
        return new Entrance(port, targets, listener);
    }

    /** DNS name of the load balancer. */
    public Output<String> host() {
        return loadBalancer.dnsName();
    }

    public Entrance console() {
        return console;
    }

    public Entrance viewer() {
        return viewer;
    }

    /** The URL of one entrance. */
    public Output<String> url(Entrance entrance) {
        return Output.format("https://%s:%s/", host(), Output.of(Integer.toString(entrance.port())));
    }
}
