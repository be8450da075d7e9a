package io.computeruse.sandbox.service;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.BedrockModel;
import io.computeruse.sandbox.config.LoginConfig;
import io.computeruse.sandbox.config.ModelConfig;
import io.computeruse.sandbox.network.Ports;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The container of the console and the agent: what its image needs to run. The image's README explains each variable. */
public final class ConsoleContainer {
    /** Name of the service, its image and its container. AWS, the outputs and the configuration keys have it too. */
    public static final String SERVICE = "orchestration";

    /** Holds the record of what the agent did, and what the console keeps. */
    private static final EmptyVolume DATA_DIRECTORY = new EmptyVolume("/var/lib/orchestration");

    private static final EmptyVolume TEMPORARY_FILES = new EmptyVolume("/tmp");

    private ConsoleContainer() {}

    public static ContainerSpec spec() {
        return new ContainerSpec(
                SERVICE,
                List.of(Ports.CONSOLE),
                Set.of(),
                RootFileSystem.READ_ONLY,
                List.of(TEMPORARY_FILES, DATA_DIRECTORY),
                LogDelivery.BLOCKING);
    }

    /**
     * The plain environment variables; none is a secret.
     *
     * @param viewerUrl where a person sees the desktop
     * @param desktopHost private DNS name of the desktop's task
     */
    public static Map<String, String> variables(
            ModelConfig models, LoginConfig login, AwsLocation aws, String viewerUrl, String desktopHost) {
        return Map.of(
                "ENVIRONMENT_URL", "http://%s:%d".formatted(desktopHost, Ports.CONTROL_API),
                "VIEWER_URL", viewerUrl,
                "AWS_REGION", aws.region(),
                "DEFAULT_PROVIDER", models.defaultProvider().key(),
                "DEFAULT_MODEL", models.defaultModel(),
                "BEDROCK_MODELS",
                        models.bedrockModels().stream().map(BedrockModel::id).collect(Collectors.joining(",")),
                "SESSION_IDLE_MINUTES", Integer.toString(login.sessionIdleMinutes()),
                "DATA_DIRECTORY", DATA_DIRECTORY.path());
    }
}
