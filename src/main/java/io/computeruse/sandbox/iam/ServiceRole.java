package io.computeruse.sandbox.iam;

import com.pulumi.aws.iam.Role;
import com.pulumi.aws.iam.RoleArgs;
import com.pulumi.aws.iam.RolePolicy;
import com.pulumi.aws.iam.RolePolicyArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.naming.Description;
import java.util.Map;
import java.util.Optional;

/**
 * A role that one AWS service takes on.
 *
 * <p>Promise: nobody else can take it on, it can do only what its one inline policy says, and a session ends after an hour.
 */
public final class ServiceRole extends ComponentResource {
    private static final int SESSION_SECONDS = 3600;

    private final Role role;
    private final Optional<RolePolicy> rights;

    /** What takes the role on. */
    public enum Principal {
        ECS_TASKS,
        FLOW_LOGS;

        private String trustPolicy(AwsLocation aws) {
            return switch (this) {
                case ECS_TASKS -> TrustPolicy.ecsTasks(aws);
                case FLOW_LOGS -> TrustPolicy.flowLogs(aws);
            };
        }
    }

    /**
     * @param path where IAM files the role
     * @param description shown in the IAM console
     * @param policy the inline policy; empty: the role may do nothing at all
     */
    public record Args(
            Output<AwsLocation> aws,
            StackPath path,
            Principal principal,
            Description description,
            Optional<Output<String>> policy) {}

    public ServiceRole(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:identity:ServiceRole", name, options);
        var child = CustomResourceOptions.builder().parent(this).build();
        role = new Role(
                name,
                RoleArgs.builder()
                        .path(args.path().iamPath())
                        .description(args.description().text())
                        .assumeRolePolicy(args.aws().applyValue(args.principal()::trustPolicy))
                        .maxSessionDuration(SESSION_SECONDS)
                        .build(),
                child);
        rights = args.policy()
                .map(policy -> new RolePolicy(
                        name,
                        RolePolicyArgs.builder()
                                .role(role.name())
                                .policy(policy)
                                .build(),
                        child));
        registerOutputs(Map.of("arn", role.arn()));
    }

    public Output<String> arn() {
        return role.arn();
    }

    /** What has to exist before the role can do its work. */
    public Resource ready() {
        return rights.<Resource>map(r -> r).orElse(role);
    }
}
