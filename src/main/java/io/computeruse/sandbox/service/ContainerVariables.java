package io.computeruse.sandbox.service;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.BedrockModel;
import io.computeruse.sandbox.config.SandboxConfig;
import io.computeruse.sandbox.network.Ports;
import java.util.Map;
import java.util.stream.Collectors;

/** The plain environment variables that the images read; their READMEs explain each. Never a secret. */
public final class ContainerVariables {
    /** A volume of the agent's task: the record and what the console keeps. */
    public static final EmptyVolume DATA_DIRECTORY = new EmptyVolume("/var/lib/orchestration");

    private ContainerVariables() {}

    /** Of the desktop's container. */
    public static Map<String, String> environment(SandboxConfig config) {
        return Map.of(
                "DISPLAY_WIDTH", Integer.toString(config.screen().width()),
                "DISPLAY_HEIGHT", Integer.toString(config.screen().height()),
                "VIEWER", config.viewer().key(),
                "HUMAN_PAUSE_SECONDS", Integer.toString(config.humanPauseSeconds()));
    }

    /**
     * Of the agent's container.
     *
     * @param viewerUrl where a person sees the desktop
     * @param environmentHost private DNS name of the desktop's task
     */
    public static Map<String, String> orchestration(
            SandboxConfig config, AwsLocation aws, String viewerUrl, String environmentHost) {
        var models = config.bedrockModels().stream().map(BedrockModel::id).collect(Collectors.joining(","));
        return Map.of(
                "ENVIRONMENT_URL", "http://%s:%d".formatted(environmentHost, Ports.CONTROL_API),
                "VIEWER_URL", viewerUrl,
                "AWS_REGION", aws.region(),
                "DEFAULT_PROVIDER", config.defaultProvider().key(),
                "DEFAULT_MODEL", config.defaultModel(),
                "BEDROCK_MODELS", models,
                "SESSION_IDLE_MINUTES", Integer.toString(config.sessionIdleMinutes()),
                "DATA_DIRECTORY", DATA_DIRECTORY.path());
    }
}
