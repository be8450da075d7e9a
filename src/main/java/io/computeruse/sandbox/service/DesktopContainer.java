package io.computeruse.sandbox.service;

import io.computeruse.sandbox.config.DesktopConfig;
import io.computeruse.sandbox.network.Ports;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The desktop's container: what its image needs to run. The image's README explains each variable. */
public final class DesktopContainer {
    /** Name of the service, its image and its container. AWS, the outputs and the configuration keys have it too. */
    public static final String SERVICE = "environment";

    private DesktopContainer() {}

    public static ContainerSpec spec() {
        return new ContainerSpec(
                SERVICE,
                List.of(Ports.CONTROL_API, Ports.VIEWER),
                // The entry point starts its programs as two other users, so that the agent's shell cannot read the
                // control
                // token.
                Set.of(LinuxCapability.SETGID, LinuxCapability.SETUID),
                RootFileSystem.WRITABLE,
                List.of(),
                LogDelivery.NON_BLOCKING);
    }

    /** The plain environment variables; none is a secret. */
    public static Map<String, String> variables(DesktopConfig config) {
        return Map.of(
                "DISPLAY_WIDTH", Integer.toString(config.screen().width()),
                "DISPLAY_HEIGHT", Integer.toString(config.screen().height()),
                "VIEWER", config.viewer().key(),
                "HUMAN_PAUSE_SECONDS", Integer.toString(config.humanPauseSeconds()));
    }
}
