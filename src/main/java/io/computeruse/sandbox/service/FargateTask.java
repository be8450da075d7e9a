package io.computeruse.sandbox.service;

import com.pulumi.aws.ecs.TaskDefinition;
import com.pulumi.aws.ecs.TaskDefinitionArgs;
import com.pulumi.aws.ecs.inputs.TaskDefinitionRuntimePlatformArgs;
import com.pulumi.aws.ecs.inputs.TaskDefinitionVolumeArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.iam.ServiceRole;
import io.computeruse.sandbox.iam.TaskPolicies;
import io.computeruse.sandbox.naming.Description;
import java.util.Optional;

/** The task definition of a {@link FargateService}, and the role that ECS assumes to start such a task. */
final class FargateTask {
    private final ServiceRole executionRole;
    private final TaskDefinition definition;

    /** @param parent the service that both belong to */
    FargateTask(String name, FargateService.Args args, Resource parent) {
        executionRole = executionRole(name, args, parent);
        definition = definition(name, args, executionRole, parent);
    }

    Output<String> definitionArn() {
        return definition.arn();
    }

    ServiceRole executionRole() {
        return executionRole;
    }

    private static ServiceRole executionRole(String name, FargateService.Args args, Resource parent) {
        var policy = Output.tuple(
                        args.platform().aws(),
                        args.platform().repository().arn(),
                        args.platform().logGroup().arn(),
                        args.container().secrets().arns(),
                        args.platform().keyArn())
                .applyValue(t -> TaskPolicies.execution(t.t1, t.t2, t.t3, t.t4, t.t5));
        return new ServiceRole(
                name + "-execution",
                new ServiceRole.Args(
                        args.platform().aws(),
                        args.platform().path(),
                        ServiceRole.Principal.ECS_TASKS,
                        Description.ofSandbox("starts the %s task".formatted(name)),
                        Optional.of(policy)),
                ComponentResourceOptions.builder().parent(parent).build());
    }

    private static TaskDefinition definition(
            String name, FargateService.Args args, ServiceRole executionRole, Resource parent) {
        var definitions = Output.tuple(
                        args.container().image().reference(),
                        args.container().variables(),
                        args.container().secrets().valuesFrom(),
                        args.platform().logGroup().logGroupName(),
                        args.platform().aws())
                .applyValue(t -> args.container()
                        .spec()
                        .definitions(new ContainerSpec.Deployment(t.t1, t.t2, t.t3, t.t4, t.t5.region())));
        var task = TaskDefinitionArgs.builder()
                .family(args.platform().cluster().taskFamily(name))
                .requiresCompatibilities("FARGATE")
                .networkMode("awsvpc")
                .cpu(Integer.toString(args.task().size().cpu()))
                .memory(Integer.toString(args.task().size().memory()))
                .runtimePlatform(TaskDefinitionRuntimePlatformArgs.builder()
                        .cpuArchitecture(args.task().architecture().name())
                        .operatingSystemFamily("LINUX")
                        .build())
                .executionRoleArn(executionRole.arn())
                .volumes(args.container().spec().volumes().stream()
                        .map(volume -> TaskDefinitionVolumeArgs.builder()
                                .name(volume.name())
                                .build())
                        .toList())
                .containerDefinitions(definitions);
        args.task().role().ifPresent(role -> task.taskRoleArn(role.arn()));
        return new TaskDefinition(
                name,
                task.build(),
                CustomResourceOptions.builder().parent(parent).build());
    }
}
