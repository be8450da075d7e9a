package io.computeruse.sandbox.encryption;

import com.pulumi.aws.kms.Alias;
import com.pulumi.aws.kms.AliasArgs;
import com.pulumi.aws.kms.Key;
import com.pulumi.aws.kms.KeyArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.naming.Description;
import java.util.List;
import java.util.Map;

/**
 * The one KMS key, which encrypts logs, images and secrets.
 *
 * <p>Promise: it rotates every year. Besides the account's own administrators, only CloudWatch Logs may use it, and only for the
 * log groups of this stack. Seven days after a destroy it is deleted, and nothing that it encrypted can be read any more.
 */
public final class SandboxKey extends ComponentResource {
    /** Days; the shortest waiting period that KMS accepts, because a sandbox's data should not outlive it. */
    private static final int DELETION_WINDOW = 7;

    private final Key key;

    /**
     * @param logGroupPatterns names of the log groups that the key encrypts, with {@code *} as IAM's wildcard
     */
    public record Args(Output<AwsLocation> aws, List<String> logGroupPatterns) {}

    public SandboxKey(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:encryption:SandboxKey", name, options);
        var child = CustomResourceOptions.builder().parent(this).build();
        key = new Key(
                name,
                KeyArgs.builder()
                        .description(Description.ofSandbox("logs, images and secrets")
                                .text())
                        .enableKeyRotation(true)
                        .deletionWindowInDays(DELETION_WINDOW)
                        .policy(args.aws().applyValue(aws -> KeyPolicy.of(aws, args.logGroupPatterns())))
                        .build(),
                child);
        new Alias(name, AliasArgs.builder().targetKeyId(key.keyId()).build(), child);
        registerOutputs(Map.of("arn", key.arn()));
    }

    public Output<String> arn() {
        return key.arn();
    }

    /** A UUID that no other key ever has. */
    public Output<String> keyId() {
        return key.keyId();
    }
}
