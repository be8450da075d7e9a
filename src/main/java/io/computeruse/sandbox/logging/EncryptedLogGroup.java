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
 * <p>Promise: its content is encrypted with the sandbox's key, and is deleted after one month or with the stack, whichever comes
 * first.
 */
public final class EncryptedLogGroup extends ComponentResource {
    private static final int RETENTION_DAYS = 30;

    private final LogGroup group;

    /**
     * @param logGroupName the group's name in CloudWatch; not generated, because the key's policy has to name it
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
                        // The name is fixed, so the old group has to be deleted before a new one can have it.
                        .deleteBeforeReplace(true)
                        .build());
        registerOutputs(Map.of("name", group.name(), "arn", group.arn()));
    }

    public Output<String> logGroupName() {
        return group.name();
    }

    /** Without the {@code :*} that IAM policies append for the group's streams. */
    public Output<String> arn() {
        return group.arn();
    }
}
