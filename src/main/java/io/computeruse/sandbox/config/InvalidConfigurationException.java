package io.computeruse.sandbox.config;

import com.pulumi.exceptions.RunException;
import java.util.List;

/**
 * The stack's configuration cannot be used; nothing has been created or changed. The engine shows the message of a {@link
 * RunException} and no stack trace: the mistake is in the configuration, not in the program.
 */
public final class InvalidConfigurationException extends RunException {
    private static final long serialVersionUID = 1L;

    /** @param problems one sentence for each, with key, value and fix */
    public InvalidConfigurationException(List<String> problems) {
        super("The configuration is not valid, so nothing was changed:\n  - " + String.join("\n  - ", problems));
    }
}
