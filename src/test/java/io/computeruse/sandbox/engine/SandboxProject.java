package io.computeruse.sandbox.engine;

import com.pulumi.automation.AutomationException;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.WorkspaceStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A copy of the project with its own state, so that a test can change configuration and images without touching the checkout. It
 * runs the jar that was built, on the real engine and with the real AWS provider.
 */
final class SandboxProject {
    /** The passphrase that belongs to the salt in {@code Pulumi.local.yaml}. */
    private static final String PASSPHRASE = "local";

    private final Path folder;
    private final LocalAws aws;

    private SandboxProject(Path folder, LocalAws aws) {
        this.folder = folder;
        this.aws = aws;
    }

    static SandboxProject copyTo(Path folder, LocalAws aws) throws IOException {
        var jar = Path.of("target", "computer-use-sandbox.jar").toAbsolutePath();
        var project = Files.readString(Path.of("Pulumi.yaml"));
        Files.writeString(
                folder.resolve("Pulumi.yaml"),
                project.replaceFirst("(?m)^runtime: java$", "runtime:\n  name: java\n  options:\n    binary: " + jar));
        for (var stack : List.of("Pulumi.local.yaml", "Pulumi.dev.yaml")) {
            Files.copy(Path.of(stack), folder.resolve(stack));
        }
        for (var service : List.of("environment", "orchestration")) {
            copyContext(Path.of("images", service), folder.resolve("images").resolve(service));
        }
        Files.createDirectories(folder.resolve("state"));
        return new SandboxProject(folder, aws);
    }

    private static void copyContext(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var copy = to.resolve(from.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    Path folder() {
        return folder;
    }

    Map<String, String> environment() {
        var environment = new HashMap<>(aws.environment());
        // The short-lived JVM of `make up`, which is also what users run.
        environment.put("PATH", Path.of(".local", "jvm").toAbsolutePath() + ":" + System.getenv("PATH"));
        environment.put("PULUMI_BACKEND_URL", folder.resolve("state").toUri().toString());
        environment.put("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE);
        environment.put("PULUMI_SKIP_UPDATE_CHECK", "true");
        environment.put("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
        return environment;
    }

    WorkspaceStack stack(String name) throws AutomationException {
        return stack(name, Map.of());
    }

    /** @param more environment variables, which override those of {@link #environment()} */
    WorkspaceStack stack(String name, Map<String, String> more) throws AutomationException {
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        return LocalWorkspace.createOrSelectStack(
                name,
                folder,
                LocalWorkspaceOptions.builder()
                        .pulumiHome(Path.of(".local", "pulumi-home").toAbsolutePath())
                        .environmentVariables(environment)
                        .build());
    }

    /** The policy pack of the checkout. */
    static List<String> policyPacks() {
        return List.of(Path.of("policy").toAbsolutePath().toString());
    }
}
