package io.computeruse.sandbox.service;

import com.pulumi.aws.ecs.Service;
import com.pulumi.aws.ecs.ServiceArgs;
import com.pulumi.aws.ecs.TaskDefinition;
import com.pulumi.aws.ecs.TaskDefinitionArgs;
import com.pulumi.aws.ecs.inputs.ServiceDeploymentCircuitBreakerArgs;
import com.pulumi.aws.ecs.inputs.ServiceLoadBalancerArgs;
import com.pulumi.aws.ecs.inputs.ServiceNetworkConfigurationArgs;
import com.pulumi.aws.ecs.inputs.ServiceServiceRegistriesArgs;
import com.pulumi.aws.ecs.inputs.TaskDefinitionRuntimePlatformArgs;
import com.pulumi.aws.ecs.inputs.TaskDefinitionVolumeArgs;
import com.pulumi.aws.servicediscovery.inputs.ServiceDnsConfigArgs;
import com.pulumi.aws.servicediscovery.inputs.ServiceDnsConfigDnsRecordArgs;
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
import io.computeruse.sandbox.iam.TaskPolicies;
import io.computeruse.sandbox.image.ImageRepository;
import io.computeruse.sandbox.image.ServiceImage;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import io.computeruse.sandbox.naming.Description;
import io.computeruse.sandbox.network.FrontDoor;
import io.computeruse.sandbox.secrets.SecretReferences;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One service: a single Fargate task behind one entrance of the front door, with a private DNS name.
 *
 * <p>Promise: the task has no public address and no AWS identity unless it is given one, runs the image that was built, gets its
 * secrets by reference, cannot be entered with ECS Exec, and does not start before names are filtered. A deployment whose task
 * does not come up healthy is rolled back.
 */
public final class FargateService extends ComponentResource {
    private static final PlatformVersion PLATFORM = PlatformVersion.LINUX_1_4_0;
    /** Seconds that a DNS answer may be kept: a new task has a new address. */
    private static final int DNS_TTL = 60;
    /** Seconds that a starting task may fail the load balancer's check. */
    private static final int GRACE_PERIOD = 120;

    private final Service service;

    /**
     * @param path where IAM files the execution role
     * @param spec the container
     * @param environment its plain variables
     * @param taskRole the AWS identity of what runs in it; empty: none
     * @param securityGroupId who may connect to it and to whom it may connect
     * @param entrance the front door's port that leads to it
     * @param before what has to exist before a task may start
     */
    public record Args(
            Output<AwsLocation> aws,
            StackPath path,
            SandboxCluster cluster,
            ContainerSpec spec,
            ServiceImage image,
            ImageRepository repository,
            TaskSize size,
            CpuArchitecture architecture,
            Output<Map<String, String>> environment,
            SecretReferences secrets,
            Output<String> keyArn,
            EncryptedLogGroup logGroup,
            Optional<ServiceRole> taskRole,
            Output<List<String>> subnetIds,
            Output<String> securityGroupId,
            FrontDoor.Entrance entrance,
            List<Resource> before) {}

    public FargateService(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:service:FargateService", name, options);
        var executionRole = executionRole(name, args);
        var task = taskDefinition(name, args, executionRole);
        var registry = privateName(name, args);
        service = new Service(
                name,
                ServiceArgs.builder()
                        .cluster(args.cluster().arn())
                        .taskDefinition(task.arn())
                        .launchType("FARGATE")
                        .platformVersion(PLATFORM.version())
                        .desiredCount(1)
                        // One desktop, one record: the old task stops before the new one starts.
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
                                .subnets(args.subnetIds())
                                .securityGroups(args.securityGroupId().applyValue(List::of))
                                .assignPublicIp(false)
                                .build())
                        .loadBalancers(ServiceLoadBalancerArgs.builder()
                                .targetGroupArn(args.entrance().targetGroup().arn())
                                .containerName(args.spec().name())
                                .containerPort(args.entrance().port())
                                .build())
                        .serviceRegistries(ServiceServiceRegistriesArgs.builder()
                                .registryArn(registry.arn())
                                .build())
                        .propagateTags("SERVICE")
                        .waitForSteadyState(true)
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .dependsOn(Stream.of(
                                        Stream.of(executionRole.ready()),
                                        args.taskRole().map(ServiceRole::ready).stream(),
                                        Stream.of(args.entrance().listener()),
                                        args.secrets().ready().stream(),
                                        args.before().stream())
                                .<Resource>flatMap(resources -> resources)
                                .toList())
                        .build());
        registerOutputs(Map.of("name", service.name()));
    }

    private ServiceRole executionRole(String name, Args args) {
        var policy = Output.tuple(
                        args.aws(),
                        args.repository().arn(),
                        args.logGroup().arn(),
                        args.secrets().arns(),
                        args.keyArn())
                .applyValue(t -> TaskPolicies.execution(t.t1, t.t2, t.t3, t.t4, t.t5));
        return new ServiceRole(
                name + "-execution",
                new ServiceRole.Args(
                        args.aws(),
                        args.path(),
                        ServiceRole.Principal.ECS_TASKS,
                        Description.ofSandbox("starts the %s task".formatted(name)),
                        Optional.of(policy)),
                ComponentResourceOptions.builder().parent(this).build());
    }

    private TaskDefinition taskDefinition(String name, Args args, ServiceRole executionRole) {
        var definitions = Output.tuple(
                        args.image().reference(),
                        args.environment(),
                        args.secrets().valuesFrom(),
                        args.logGroup().logGroupName(),
                        args.aws())
                .applyValue(t ->
                        args.spec().definitions(new ContainerSpec.Deployment(t.t1, t.t2, t.t3, t.t4, t.t5.region())));
        var task = TaskDefinitionArgs.builder()
                .family(args.cluster().taskFamily(name))
                .requiresCompatibilities("FARGATE")
                .networkMode("awsvpc")
                .cpu(Integer.toString(args.size().cpu()))
                .memory(Integer.toString(args.size().memory()))
                .runtimePlatform(TaskDefinitionRuntimePlatformArgs.builder()
                        .cpuArchitecture(args.architecture().name())
                        .operatingSystemFamily("LINUX")
                        .build())
                .executionRoleArn(executionRole.arn())
                .volumes(args.spec().volumes().stream()
                        .map(volume -> TaskDefinitionVolumeArgs.builder()
                                .name(volume.name())
                                .build())
                        .toList())
                .containerDefinitions(definitions);
        args.taskRole().ifPresent(role -> task.taskRoleArn(role.arn()));
        return new TaskDefinition(
                name, task.build(), CustomResourceOptions.builder().parent(this).build());
    }

    private com.pulumi.aws.servicediscovery.Service privateName(String name, Args args) {
        return new com.pulumi.aws.servicediscovery.Service(
                name,
                com.pulumi.aws.servicediscovery.ServiceArgs.builder()
                        .name(name)
                        // A task that was killed leaves its address registered, and Cloud Map deletes no service that
                        // has one.
                        .forceDestroy(true)
                        .dnsConfig(ServiceDnsConfigArgs.builder()
                                .namespaceId(args.cluster().namespaceId())
                                .routingPolicy("MULTIVALUE")
                                .dnsRecords(ServiceDnsConfigDnsRecordArgs.builder()
                                        .type("A")
                                        .ttl(DNS_TTL)
                                        .build())
                                .build())
                        .build(),
                CustomResourceOptions.builder().parent(this).build());
    }

    public Output<String> serviceName() {
        return service.name();
    }
}
