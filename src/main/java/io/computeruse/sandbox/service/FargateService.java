package io.computeruse.sandbox.service;

import com.pulumi.aws.ecs.Service;
import com.pulumi.aws.ecs.ServiceArgs;
import com.pulumi.aws.ecs.inputs.ServiceDeploymentCircuitBreakerArgs;
import com.pulumi.aws.ecs.inputs.ServiceLoadBalancerArgs;
import com.pulumi.aws.ecs.inputs.ServiceNetworkConfigurationArgs;
import com.pulumi.aws.ecs.inputs.ServiceServiceRegistriesArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.CpuArchitecture;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.config.TaskSize;
import io.computeruse.sandbox.iam.ServiceRole;
import io.computeruse.sandbox.image.ImageRepository;
import io.computeruse.sandbox.image.ServiceImage;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import io.computeruse.sandbox.network.FrontDoor;
import io.computeruse.sandbox.secrets.SecretReferences;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One service: a single Fargate task with a private DNS name, behind one entrance of the front door.
 *
 * <p>Promise: the task has no public address, and no AWS identity unless it is given one. It runs the image that was built, gets
 * its secrets by reference, cannot be entered with ECS Exec, and does not start before names are filtered and logged. A
 * deployment whose task does not become healthy is rolled back, so that a broken image does not replace a working one.
 */
public final class FargateService extends ComponentResource {
    private static final PlatformVersion PLATFORM = PlatformVersion.LINUX_1_4_0;
    /** Seconds after the start in which a task may fail the load balancer's health check. */
    private static final int GRACE_PERIOD = 120;

    private final Service service;

    /**
     * @param platform what all services share
     * @param container what runs
     * @param task what it runs on, and as whom
     * @param network where it runs, and who reaches it
     */
    public record Args(Platform platform, Container container, Task task, Network network) {}

    /**
     * What all services share.
     *
     * @param path where IAM files the execution roles
     * @param keyArn the key that encrypts the secrets
     * @param logGroup where the containers' output goes
     * @param startAfter what has to exist before any task starts
     */
    public record Platform(
            Output<AwsLocation> aws,
            StackPath path,
            SandboxCluster cluster,
            ImageRepository repository,
            Output<String> keyArn,
            EncryptedLogGroup logGroup,
            List<Resource> startAfter) {}

    /**
     * What runs.
     *
     * @param variables plain environment variables
     * @param secrets secret environment variables
     */
    public record Container(
            ContainerSpec spec, ServiceImage image, Output<Map<String, String>> variables, SecretReferences secrets) {}

    /**
     * What the container runs on, and as whom.
     *
     * @param role the AWS identity of the programs in the container; empty: none
     */
    public record Task(TaskSize size, CpuArchitecture architecture, Optional<ServiceRole> role) {}

    /**
     * Where the task runs, and who reaches it.
     *
     * @param subnetIds private subnets
     * @param securityGroupId who may connect to the task, and to whom it may connect
     * @param entrance the front door's port that leads to the task
     */
    public record Network(
            Output<List<String>> subnetIds, Output<String> securityGroupId, FrontDoor.Entrance entrance) {}

    public FargateService(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:service:FargateService", name, options);
        var task = new FargateTask(name, args, this);
        var privateName = PrivateName.create(name, args.platform().cluster().namespaceId(), this);
        service = new Service(
                name,
                ServiceArgs.builder()
                        .cluster(args.platform().cluster().arn())
                        .taskDefinition(task.definitionArn())
                        .launchType("FARGATE")
                        .platformVersion(PLATFORM.version())
                        .desiredCount(1)
                        // There is one desktop and one record, so the old task stops before the new one starts.
                        .deploymentMinimumHealthyPercent(0)
                        .deploymentMaximumPercent(100)
                        // AWS refuses rebalancing with a maximum of 100 percent.
                        .availabilityZoneRebalancing("DISABLED")
                        .deploymentCircuitBreaker(ServiceDeploymentCircuitBreakerArgs.builder()
                                .enable(true)
                                .rollback(true)
                                .build())
                        .enableExecuteCommand(false)
                        .healthCheckGracePeriodSeconds(GRACE_PERIOD)
                        .networkConfiguration(ServiceNetworkConfigurationArgs.builder()
                                .subnets(args.network().subnetIds())
                                .securityGroups(args.network().securityGroupId().applyValue(List::of))
                                .assignPublicIp(false)
                                .build())
                        .loadBalancers(ServiceLoadBalancerArgs.builder()
                                .targetGroupArn(
                                        args.network().entrance().targetGroup().arn())
                                .containerName(args.container().spec().name())
                                .containerPort(args.network().entrance().port())
                                .build())
                        .serviceRegistries(ServiceServiceRegistriesArgs.builder()
                                .registryArn(privateName.arn())
                                .build())
                        .propagateTags("SERVICE")
                        .waitForSteadyState(true)
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .dependsOn(Stream.of(
                                        Stream.of(task.executionRole().ready()),
                                        args.task().role().map(ServiceRole::ready).stream(),
                                        Stream.of(args.network().entrance().listener()),
                                        args.container().secrets().ready().stream(),
                                        args.platform().startAfter().stream())
                                .<Resource>flatMap(resources -> resources)
                                .toList())
                        .build());
        registerOutputs(Map.of("name", service.name()));
    }

    public Output<String> serviceName() {
        return service.name();
    }
}
