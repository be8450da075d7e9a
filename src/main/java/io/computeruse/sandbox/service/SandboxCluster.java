package io.computeruse.sandbox.service;

import com.pulumi.aws.ecs.Cluster;
import com.pulumi.aws.ecs.ClusterArgs;
import com.pulumi.aws.ecs.inputs.ClusterSettingArgs;
import com.pulumi.aws.servicediscovery.PrivateDnsNamespace;
import com.pulumi.aws.servicediscovery.PrivateDnsNamespaceArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import io.computeruse.sandbox.naming.Description;
import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;
import java.util.Map;

/**
 * The Fargate cluster and the private DNS zone that holds its services' names.
 *
 * <p>Promise: Container Insights writes to a log group that exists before the cluster does. Otherwise ECS would create the group
 * itself, unencrypted and without an end of retention.
 */
public final class SandboxCluster extends ComponentResource {
    private final ResourceNames names;
    private final Cluster cluster;
    private final PrivateDnsNamespace namespace;

    /**
     * @param names the stack's resource names, for the task definitions
     * @param clusterName a part of the log group's name too
     * @param zone name of the private DNS zone
     * @param insightsLogGroup what Container Insights writes to
     */
    public record Args(
            ResourceNames names,
            Output<String> clusterName,
            Output<String> vpcId,
            String zone,
            EncryptedLogGroup insightsLogGroup) {}

    public SandboxCluster(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:service:SandboxCluster", name, options);
        names = args.names();
        cluster = new Cluster(
                name,
                ClusterArgs.builder()
                        .name(args.clusterName())
                        .settings(ClusterSettingArgs.builder()
                                .name(ContainerInsights.SETTING)
                                .value(ContainerInsights.ENHANCED.value())
                                .build())
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .dependsOn(List.of(args.insightsLogGroup()))
                        .deleteBeforeReplace(true)
                        .build());
        namespace = new PrivateDnsNamespace(
                name,
                PrivateDnsNamespaceArgs.builder()
                        .name(args.zone())
                        .description(
                                Description.ofSandbox("names of the services").text())
                        .vpc(args.vpcId())
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .deleteBeforeReplace(true)
                        .build());
        registerOutputs(Map.of("name", cluster.name()));
    }

    public Output<String> clusterName() {
        return cluster.name();
    }

    /** Family of the task definitions of one service. */
    String taskFamily(String service) {
        return names.taskFamily(service);
    }

    public Output<String> arn() {
        return cluster.arn();
    }

    public Output<String> namespaceId() {
        return namespace.id();
    }
}
