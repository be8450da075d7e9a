package io.computeruse.sandbox;

import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.config.DcvSource;
import io.computeruse.sandbox.config.SandboxConfig;
import io.computeruse.sandbox.iam.ServiceRole;
import io.computeruse.sandbox.iam.TaskPolicies;
import io.computeruse.sandbox.image.ServiceImage;
import io.computeruse.sandbox.naming.Description;
import io.computeruse.sandbox.network.FrontDoor;
import io.computeruse.sandbox.network.SandboxVpc;
import io.computeruse.sandbox.network.TrafficPolicy;
import io.computeruse.sandbox.secrets.SandboxSecrets;
import io.computeruse.sandbox.service.ConsoleContainer;
import io.computeruse.sandbox.service.DesktopContainer;
import io.computeruse.sandbox.service.FargateService;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The sandbox's two services with their images, and the only AWS identity that a container has: the agent's. */
final class SandboxServices {
    private static final ComponentResourceOptions TOP = ComponentResourceOptions.Empty;

    private final SandboxConfig config;
    private final FargateService.Platform platform;
    private final SandboxVpc vpc;
    private final FargateService desktop;
    private final FargateService console;

    /**
     * What the services are connected to.
     *
     * @param desktopHost private DNS name of the desktop's task
     */
    record Connections(
            SandboxVpc vpc, TrafficPolicy traffic, FrontDoor frontDoor, SandboxSecrets secrets, String desktopHost) {}

    SandboxServices(SandboxConfig config, FargateService.Platform platform, Connections to) {
        this.config = config;
        this.platform = platform;
        this.vpc = to.vpc();
        desktop = desktop(to);
        console = console(to);
    }

    private FargateService desktop(Connections to) {
        var viewer = config.desktop().viewer();
        var buildArguments = config.desktop().dcvSource().map(DcvSource::buildArguments);
        return new FargateService(
                DesktopContainer.SERVICE,
                new FargateService.Args(
                        platform,
                        new FargateService.Container(
                                DesktopContainer.spec(),
                                image(
                                        DesktopContainer.SERVICE,
                                        Optional.of(viewer.imageTarget()),
                                        buildArguments.orElse(Map.of())),
                                Output.of(DesktopContainer.variables(config.desktop())),
                                to.secrets().forDesktop()),
                        new FargateService.Task(
                                config.tasks().desktop(), config.tasks().architecture(), Optional.empty()),
                        new FargateService.Network(
                                vpc.privateSubnetIds(),
                                to.traffic().desktopGroupId(),
                                to.frontDoor().viewer())),
                TOP);
    }

    private FargateService console(Connections to) {
        var viewerUrl = to.frontDoor().url(to.frontDoor().viewer());
        var variables = Output.tuple(platform.aws(), viewerUrl)
                .applyValue(
                        t -> ConsoleContainer.variables(config.models(), config.login(), t.t1, t.t2, to.desktopHost()));
        return new FargateService(
                ConsoleContainer.SERVICE,
                new FargateService.Args(
                        platform,
                        new FargateService.Container(
                                ConsoleContainer.spec(),
                                image(ConsoleContainer.SERVICE, Optional.empty(), Map.of()),
                                variables,
                                to.secrets().forConsole()),
                        new FargateService.Task(
                                config.tasks().console(), config.tasks().architecture(), Optional.of(agentRole())),
                        new FargateService.Network(
                                vpc.privateSubnetIds(),
                                to.traffic().consoleGroupId(),
                                to.frontDoor().console())),
                TOP);
    }

    private ServiceImage image(String service, Optional<String> target, Map<String, String> buildArguments) {
        return new ServiceImage(
                service,
                new ServiceImage.Args(
                        service,
                        Path.of("images", service),
                        target,
                        buildArguments,
                        config.tasks().architecture(),
                        platform.repository()),
                TOP);
    }

    private ServiceRole agentRole() {
        var models = config.models().bedrockModels();
        var policy = models.isEmpty()
                ? Optional.<Output<String>>empty()
                : Optional.of(platform.aws().applyValue(aws -> TaskPolicies.invokeModels(aws, models)));
        return new ServiceRole(
                "orchestration-task",
                new ServiceRole.Args(
                        platform.aws(),
                        platform.path(),
                        ServiceRole.Principal.ECS_TASKS,
                        Description.ofSandbox("invokes the configured Bedrock models"),
                        policy),
                TOP);
    }

    FargateService desktop() {
        return desktop;
    }

    FargateService console() {
        return console;
    }
}
