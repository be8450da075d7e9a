package io.computeruse.sandbox.network;

import com.pulumi.aws.ec2.SecurityGroup;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.config.IngressCidr;
import io.computeruse.sandbox.naming.Description;
import java.util.Map;

/**
 * Who may open a connection to whom: the three security groups and every rule between them.
 *
 * <p>Promise: the deployer's range reaches the console and the viewer at the front door, and nothing else from outside reaches
 * anything; only the agent's task reaches the control API; the tasks reach the outside on TCP 443 (the desktop on 80 too), so
 * that other DNS resolvers (53, 853) cannot be asked. What depends on this component exists only once every rule does.
 */
public final class TrafficPolicy extends ComponentResource {
    private final SecurityGroup frontDoor;
    private final SecurityGroup environment;
    private final SecurityGroup orchestration;

    /** @param deployer who may connect from outside */
    public record Args(Output<String> vpcId, IngressCidr deployer) {}

    public TrafficPolicy(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:TrafficPolicy", name, options);
        var rules = new TrafficRules(this);
        frontDoor = rules.group("front-door", Description.ofSandbox("load balancer"), args.vpcId());
        environment = rules.group("environment", Description.ofSandbox("desktop"), args.vpcId());
        orchestration = rules.group("orchestration", Description.ofSandbox("agent and console"), args.vpcId());

        rules.admitDeployer("deployer-to-console", frontDoor, Ports.CONSOLE, args.deployer());
        rules.admitDeployer("deployer-to-viewer", frontDoor, Ports.VIEWER, args.deployer());
        rules.connect("front-door-to-console", new Description("Console"), frontDoor, orchestration, Ports.CONSOLE);
        rules.connect("front-door-to-viewer", new Description("Viewer"), frontDoor, environment, Ports.VIEWER);
        rules.connect(
                "orchestration-to-control-api",
                new Description("Control API"),
                orchestration,
                environment,
                Ports.CONTROL_API);
        rules.letOut("environment-to-https", new Description("Web sites and AWS"), environment, Ports.HTTPS);
        rules.letOut("environment-to-http", new Description("Web sites"), environment, Ports.HTTP);
        rules.letOut("orchestration-to-https", new Description("Claude and AWS"), orchestration, Ports.HTTPS);
        registerOutputs(Map.of());
    }

    public Output<String> frontDoorGroupId() {
        return frontDoor.id();
    }

    public Output<String> environmentGroupId() {
        return environment.id();
    }

    public Output<String> orchestrationGroupId() {
        return orchestration.id();
    }
}
