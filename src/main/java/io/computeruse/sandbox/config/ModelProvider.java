package io.computeruse.sandbox.config;

import java.util.Locale;

/** Where the agent reaches Claude unless the person at the console chooses otherwise. */
public enum ModelProvider {
    BEDROCK,
    ANTHROPIC;

    public static final String KEY = "defaultProvider";

    /** @throws InvalidSettingException if there is no such provider */
    public static ModelProvider parse(String text) {
        return Choice.parse(KEY, text, values(), ModelProvider::key);
    }

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
