package io.computeruse.sandbox.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.GivenSettings;
import io.computeruse.sandbox.config.SandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The environment variables are a contract between this program and the images. */
class ContainerVariablesTest {
    private static final SandboxConfig DEFAULTS = SandboxConfig.from(new GivenSettings());
    private static final AwsLocation AWS = new AwsLocation("aws", "us-west-2", "123456789012");

    private static Map<String, String> consoleVariables(String desktopHost) {
        return ConsoleContainer.variables(DEFAULTS.models(), DEFAULTS.login(), AWS, "https://x:8443/", desktopHost);
    }

    @Test
    void everyVariableIsOneThatTheImagesOwnReadmeExplains() throws IOException {
        var desktopReadme = Files.readString(Path.of("images", "environment", "README.md"));
        assertThat(DesktopContainer.variables(DEFAULTS.desktop()).keySet())
                .allSatisfy(name -> assertThat(desktopReadme).contains("`" + name + "`"));
        var consoleReadme = Files.readString(Path.of("images", "orchestration", "README.md"));
        assertThat(consoleVariables("desktop").keySet())
                .allSatisfy(name -> assertThat(consoleReadme).contains("`" + name + "`"));
    }

    @Test
    void theAgentFindsTheDesktopByItsPrivateName() {
        assertThat(consoleVariables("environment.computer-use.local"))
                .containsEntry("ENVIRONMENT_URL", "http://environment.computer-use.local:5000")
                .containsEntry("BEDROCK_MODELS", "us.anthropic.claude-sonnet-5-5")
                .containsEntry("AWS_REGION", "us-west-2");
    }
}
