package io.computeruse.sandbox.config;

import java.util.Locale;

/** What shows the desktop in a person's browser. */
public enum Viewer {
    /** noVNC over TLS: free software. */
    NOVNC,
    /** Amazon DCV: outside EC2 it needs a paid licence after 30 days. */
    DCV;

    public static final String KEY = "viewer";

    /** @throws InvalidSettingException if there is no such viewer */
    public static Viewer parse(String text) {
        return Choice.parse(KEY, text, values(), Viewer::key);
    }

    /** The name in the configuration, which is also the build target of the desktop image. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
