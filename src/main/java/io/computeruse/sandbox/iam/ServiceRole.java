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
 * An IAM role that one AWS service assumes.
 *
 * <p>Promise: only that service can assume it, and only for this account; it may do what its one inline policy says and nothing
 * else; a session ends after an hour. So a leaked session is worth little, and for a short time.
 */
public final class ServiceRole extends ComponentResource {
    private static final int SESSION_SECONDS = 3600;

    private final Role role;
    private final Optional<RolePolicy> inlinePolicy;

    /** Which service assumes the role. */
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
     * @param path the stack's path in IAM, to which a deployer's policy can be limited
     * @param description shown in the IAM console
     * @param policy the inline policy as JSON; empty: the role may do nothing at all
     */
    public record Args(
            Output<AwsLocation> aws,
            StackPath path,
            Principal principal,
            Description description,
            Optional<Output<String>> policy) {}

    public ServiceRole(String name, Args args, ComponentResourceOptions options) {
        // Older than this package: the type is part of the URNs of the resources below it, so another one would replace
        // them.
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
        inlinePolicy = args.policy()
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

    /** What has to exist before the role can do its work: a role is useless before its policy is attached. */
    public Resource ready() {
        return inlinePolicy.<Resource>map(policy -> policy).orElse(role);
    }
}
