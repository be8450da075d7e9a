package io.computeruse.sandbox.logging;

import com.pulumi.aws.cloudwatch.LogGroup;
import com.pulumi.aws.cloudwatch.LogGroupArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import java.util.Map;

/**
 * A CloudWatch log group.
 *
 * <p>Promise: what it holds is encrypted with the sandbox's key, gone after one month, and gone with the stack.
 */
public final class EncryptedLogGroup extends ComponentResource {
    private static final int RETENTION_DAYS = 30;

    private final LogGroup group;

    /**
     * @param logGroupName the group's name in CloudWatch; fixed, since the key's policy names it
     * @param keyArn the key that encrypts it
     */
    public record Args(Output<String> logGroupName, Output<String> keyArn) {}

    public EncryptedLogGroup(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:logging:EncryptedLogGroup", name, options);
        group = new LogGroup(
                name,
                LogGroupArgs.builder()
                        .name(args.logGroupName())
                        .kmsKeyId(args.keyArn())
                        .retentionInDays(RETENTION_DAYS)
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        // The name is fixed: the old group has to go before a new one can take it.
                        .deleteBeforeReplace(true)
                        .build());
        registerOutputs(Map.of("name", group.name(), "arn", group.arn()));
    }

    public Output<String> logGroupName() {
        return group.name();
    }

    /** Without the {@code :*} that stands for the group's streams in IAM policies. */
    public Output<String> arn() {
        return group.arn();
    }
}
