package io.computeruse.sandbox.secrets;

import com.pulumi.aws.secretsmanager.Secret;
import com.pulumi.aws.secretsmanager.SecretArgs;
import com.pulumi.aws.secretsmanager.SecretVersion;
import com.pulumi.aws.secretsmanager.SecretVersionArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.naming.Description;
import java.util.Map;

/**
 * One secret in Secrets Manager.
 *
 * <p>Promise: its value is encrypted with the sandbox's key in AWS and with the stack's own secret provider in Pulumi's state,
 * reaches a container only by reference, and is gone at once when the stack is destroyed.
 */
public final class StoredSecret extends ComponentResource {
    /** Where a value comes from, and so what happens to it on the next {@code pulumi up}. */
    public enum Origin {
        /** Made by the program on the first run and kept from then on, whatever later runs make. */
        GENERATED,
        /** Set by a person: a new value takes effect. */
        GIVEN
    }

    private final Secret secret;
    private final SecretVersion version;

    /**
     * @param path begins its name in Secrets Manager
     * @param description what it is; where it changes, a generated secret is made anew
     * @param keyArn the key that encrypts it
     * @param value the secret itself
     */
    public record Args(
            StackPath path,
            Output<Description> description,
            Output<String> keyArn,
            Output<String> value,
            Origin origin) {}

    public StoredSecret(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:identity:StoredSecret", name, options);
        secret = new Secret(
                name,
                SecretArgs.builder()
                        .namePrefix(args.path().secretPrefix(name))
                        .description(args.description().applyValue(Description::text))
                        .kmsKeyId(args.keyArn())
                        // Destroyed means destroyed: the default keeps the value for 30 days.
                        .recoveryWindowInDays(0)
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        // A replaced version is made from this run's value, since the engine ignores changes only on
                        // updates.
                        .replaceOnChanges("description")
                        .build());
        var versionOptions = CustomResourceOptions.builder().parent(this);
        if (args.origin() == Origin.GENERATED) {
            versionOptions.ignoreChanges("secretString");
        }
        version = new SecretVersion(
                name,
                SecretVersionArgs.builder()
                        .secretId(secret.id())
                        .secretString(args.value().asSecret())
                        .build(),
                versionOptions.build());
        registerOutputs(Map.of("arn", secret.arn()));
    }

    public Output<String> arn() {
        return secret.arn();
    }

    /** The id of the stored version: another value has another id. */
    public Output<String> versionId() {
        return version.versionId();
    }

    /** The value that is stored, a secret output: on later runs not the one that the program made, but the first one. */
    public Output<String> value() {
        return version.secretString().applyValue(v -> v.orElse("")).asSecret();
    }

    /** What has to exist before a container can read the value. */
    public SecretVersion ready() {
        return version;
    }
}
