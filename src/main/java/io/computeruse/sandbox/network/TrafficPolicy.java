package io.computeruse.sandbox.network;

import com.pulumi.aws.ec2.SecurityGroup;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.config.IngressCidr;
import io.computeruse.sandbox.naming.Description;
import java.util.Map;

/**
 * Who may open a connection to whom: the three security groups and all their rules.
 *
 * <p>Promise: from outside, only the deployer's range reaches anything, and it reaches only the console's and the viewer's port of
 * the front door. Only the console's task reaches the desktop's control API. The tasks reach the internet on TCP 443 (the desktop
 * on 80 too) and on no other port, so that they cannot ask other DNS resolvers (53, 853). Resources that depend on this component
 * are created only after every rule.
 */
public final class TrafficPolicy extends ComponentResource {
    private final SecurityGroup frontDoor;
    private final SecurityGroup desktop;
    private final SecurityGroup console;

    /** @param deployer who may connect from outside */
    public record Args(Output<String> vpcId, IngressCidr deployer) {}

    public TrafficPolicy(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:TrafficPolicy", name, options);
        var rules = new TrafficRules(this);
        frontDoor = rules.group("front-door", Description.ofSandbox("load balancer"), args.vpcId());
        desktop = rules.group("environment", Description.ofSandbox("desktop"), args.vpcId());
        console = rules.group("orchestration", Description.ofSandbox("agent and console"), args.vpcId());

        rules.admitDeployer("deployer-to-console", frontDoor, Ports.CONSOLE, args.deployer());
        rules.admitDeployer("deployer-to-viewer", frontDoor, Ports.VIEWER, args.deployer());
        rules.connect("front-door-to-console", new Description("Console"), frontDoor, console, Ports.CONSOLE);
        rules.connect("front-door-to-viewer", new Description("Viewer"), frontDoor, desktop, Ports.VIEWER);
        rules.connect(
                "orchestration-to-control-api", new Description("Control API"), console, desktop, Ports.CONTROL_API);
        rules.letOut("environment-to-https", new Description("Web sites and AWS"), desktop, Ports.HTTPS);
        rules.letOut("environment-to-http", new Description("Web sites"), desktop, Ports.HTTP);
        rules.letOut("orchestration-to-https", new Description("Claude and AWS"), console, Ports.HTTPS);
        registerOutputs(Map.of());
    }

    public Output<String> frontDoorGroupId() {
        return frontDoor.id();
    }

    public Output<String> desktopGroupId() {
        return desktop.id();
    }

    public Output<String> consoleGroupId() {
        return console.id();
    }
}
