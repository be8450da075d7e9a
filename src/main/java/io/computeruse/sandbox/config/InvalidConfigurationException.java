package io.computeruse.sandbox.config;

import com.pulumi.exceptions.RunException;
import java.util.List;

/**
 * The stack's configuration is invalid, and nothing has been created or changed. The engine shows the message of a {@link
 * RunException} without a stack trace, which would suggest that the program is broken.
 */
public final class InvalidConfigurationException extends RunException {
    private static final long serialVersionUID = 1L;

    /** @param problems messages of {@link InvalidSettingException}, one for each invalid value */
    public InvalidConfigurationException(List<String> problems) {
        super("The configuration is not valid, so nothing was changed:\n  - " + String.join("\n  - ", problems));
    }
}
