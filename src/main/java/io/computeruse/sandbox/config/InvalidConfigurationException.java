package io.computeruse.sandbox.config;

import java.util.List;

/** The stack's configuration cannot be used; nothing has been created or changed. */
public final class InvalidConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param problems one sentence for each, with key, value and fix */
    public InvalidConfigurationException(List<String> problems) {
        super("The configuration is not valid, so nothing was changed:\n  - " + String.join("\n  - ", problems));
    }
}
