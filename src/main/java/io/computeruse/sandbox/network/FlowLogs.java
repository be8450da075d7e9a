package io.computeruse.sandbox.network;

import com.pulumi.aws.ec2.FlowLog;
import com.pulumi.aws.ec2.FlowLogArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.iam.ServiceRole;
import io.computeruse.sandbox.iam.TaskPolicies;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import io.computeruse.sandbox.naming.Description;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The VPC's flow log.
 *
 * <p>Promise: accepted and rejected traffic of every network interface is logged to an encrypted log group, by a role that can do
 * nothing else.
 */
public final class FlowLogs extends ComponentResource {
    /**
     * @param path the stack's path in IAM, for the role that writes the log
     * @param logGroup where the log is written
     */
    public record Args(Output<AwsLocation> aws, StackPath path, Output<String> vpcId, EncryptedLogGroup logGroup) {}

    public FlowLogs(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:FlowLogs", name, options);
        var writer = new ServiceRole(
                name,
                new ServiceRole.Args(
                        args.aws(),
                        args.path(),
                        ServiceRole.Principal.FLOW_LOGS,
                        Description.ofSandbox("writes the VPC flow log"),
                        Optional.of(args.logGroup().arn().applyValue(TaskPolicies::writeFlowLogs))),
                ComponentResourceOptions.builder().parent(this).build());
        new FlowLog(
                name,
                FlowLogArgs.builder()
                        .vpcId(args.vpcId())
                        .trafficType("ALL")
                        .logDestinationType("cloud-watch-logs")
                        .logDestination(args.logGroup().arn())
                        .iamRoleArn(writer.arn())
                        .tags(Map.of("Name", name))
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .dependsOn(List.of(writer.ready()))
                        .build());
        registerOutputs(Map.of());
    }
}
