package io.computeruse.sandbox.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.GivenSettings;
import io.computeruse.sandbox.config.SandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The contract between infrastructure and images. */
class ContainerVariablesTest {
    private static final SandboxConfig DEFAULTS = SandboxConfig.from(new GivenSettings());
    private static final AwsLocation AWS = new AwsLocation("aws", "us-west-2", "123456789012");

    @Test
    void everyVariableIsOneThatTheImagesOwnReadmeExplains() throws IOException {
        var environment = Files.readString(Path.of("images", "environment", "README.md"));
        assertThat(ContainerVariables.environment(DEFAULTS).keySet())
                .allSatisfy(name -> assertThat(environment).contains("`" + name + "`"));
        var orchestration = Files.readString(Path.of("images", "orchestration", "README.md"));
        assertThat(ContainerVariables.orchestration(DEFAULTS, AWS, "https://x:8443/", "desktop")
                        .keySet())
                .allSatisfy(name -> assertThat(orchestration).contains("`" + name + "`"));
    }

    @Test
    void theAgentFindsTheDesktopByItsPrivateName() {
        assertThat(ContainerVariables.orchestration(DEFAULTS, AWS, "https://x:8443/", "environment.computer-use.local"))
                .containsEntry("ENVIRONMENT_URL", "http://environment.computer-use.local:5000")
                .containsEntry("BEDROCK_MODELS", "us.anthropic.claude-sonnet-5-5")
                .containsEntry("AWS_REGION", "us-west-2");
    }
}
