package io.computeruse.sandbox.secrets;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.certificate.SelfSignedCertificate;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.naming.Description;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The sandbox's secrets.
 *
 * <p>Promise: there is no default password. Each secret is generated for this stack or set by its owner, and each service gets
 * references to the secrets that it needs and to no other.
 */
public final class SandboxSecrets extends ComponentResource {
    private static final Gson JSON = new Gson();

    private final StoredSecret login;
    private final StoredSecret tls;
    private final StoredSecret controlToken;
    private final Optional<StoredSecret> anthropicApiKey;

    /**
     * @param path the beginning of their names
     * @param keyArn the key that encrypts them
     * @param host the host name that the certificate is issued for
     * @param loginPassword empty: one is generated
     * @param anthropicApiKey empty: no secret is created for it
     */
    public record Args(
            StackPath path,
            Output<String> keyArn,
            Output<String> host,
            String loginUsername,
            Optional<String> loginPassword,
            Optional<String> anthropicApiKey) {}

    public SandboxSecrets(String name, Args args, ComponentResourceOptions options) {
        // Older than this package: the type is part of the URNs of the resources below it, so another one would replace
        // them.
        super("computer-use-sandbox:identity:SandboxSecrets", name, options);
        var child = ComponentResourceOptions.builder().parent(this).build();
        login = new StoredSecret(
                "login",
                new StoredSecret.Args(
                        args.path(),
                        // The description names the user, so that a changed user name is stored although a generated
                        // password is otherwise kept.
                        Output.of(Description.ofSandbox("login of " + args.loginUsername())),
                        args.keyArn(),
                        Output.ofSecret(
                                login(args.loginUsername(), args.loginPassword().orElseGet(Credentials::password))),
                        args.loginPassword().isPresent() ? StoredSecret.Origin.GIVEN : StoredSecret.Origin.GENERATED),
                child);
        tls = new StoredSecret(
                "tls",
                new StoredSecret.Args(
                        args.path(),
                        args.host().applyValue(host -> Description.ofSandbox("TLS certificate of " + host)),
                        args.keyArn(),
                        args.host().applyValue(host -> certificate(SelfSignedCertificate.forHost(host, Instant.now()))),
                        StoredSecret.Origin.GENERATED),
                child);
        controlToken = new StoredSecret(
                "control-token",
                new StoredSecret.Args(
                        args.path(),
                        Output.of(Description.ofSandbox("token of the control API")),
                        args.keyArn(),
                        Output.ofSecret(Credentials.token()),
                        StoredSecret.Origin.GENERATED),
                child);
        anthropicApiKey = args.anthropicApiKey()
                .map(key -> new StoredSecret(
                        "anthropic-api-key",
                        new StoredSecret.Args(
                                args.path(),
                                Output.of(Description.ofSandbox("key of the Anthropic API")),
                                args.keyArn(),
                                Output.ofSecret(key),
                                StoredSecret.Origin.GIVEN),
                        child));
        registerOutputs(Map.of());
    }

    private static String login(String username, String password) {
        var object = new JsonObject();
        object.addProperty("username", username);
        object.addProperty("password", password);
        return JSON.toJson(object);
    }

    private static String certificate(SelfSignedCertificate made) {
        var object = new JsonObject();
        object.addProperty("certificate", made.certificate());
        object.addProperty("privateKey", made.privateKey());
        return JSON.toJson(object);
    }

    private static String field(String json, String name) {
        return JSON.fromJson(json, JsonObject.class).get(name).getAsString();
    }

    /** The stored password, as a secret output. */
    public Output<String> password() {
        return login.value().applyValue(json -> field(json, "password")).asSecret();
    }

    /** SHA-256 of the stored certificate. It is no secret: every visitor's browser shows it. */
    public Output<String> certificateSha256() {
        return tls.value()
                .applyValue(json -> SelfSignedCertificate.sha256(field(json, "certificate")))
                .asPlaintext();
    }

    /** The secrets of the desktop's container. */
    public SecretReferences forDesktop() {
        return SecretReferences.none()
                .with("LOGIN_USERNAME", login, "username")
                .with("LOGIN_PASSWORD", login, "password")
                .with("TLS_CERTIFICATE", tls, "certificate")
                .with("TLS_PRIVATE_KEY", tls, "privateKey")
                .with("CONTROL_TOKEN", controlToken);
    }

    /** The secrets of the console's container: the same, and the key of the Anthropic API where there is one. */
    public SecretReferences forConsole() {
        return anthropicApiKey
                .map(key -> forDesktop().with("ANTHROPIC_API_KEY", key))
                .orElseGet(this::forDesktop);
    }
}
