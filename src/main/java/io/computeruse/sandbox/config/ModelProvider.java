package io.computeruse.sandbox.config;

import java.util.Locale;

/** A service through which the agent reaches Claude. */
public enum ModelProvider {
    BEDROCK,
    ANTHROPIC;

    public static final String KEY = "defaultProvider";

    /** @throws InvalidSettingException if there is no such provider */
    public static ModelProvider parse(String text) {
        return Choice.parse(KEY, text, values(), ModelProvider::key);
    }

    /** The name in the configuration and in the container's environment. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
