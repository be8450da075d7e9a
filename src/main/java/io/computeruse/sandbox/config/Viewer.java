package io.computeruse.sandbox.config;

import java.util.Locale;

/** The program that shows the desktop in a person's browser. */
public enum Viewer {
    /** noVNC, which is free software. */
    NOVNC("runtime"),
    /** Amazon DCV, which outside EC2 needs a paid licence after 30 days. Experimental: it was never built. */
    DCV("dcv");

    public static final String KEY = "viewer";

    private final String imageTarget;

    Viewer(String imageTarget) {
        this.imageTarget = imageTarget;
    }

    /** @throws InvalidSettingException if there is no such viewer */
    public static Viewer parse(String text) {
        return Choice.parse(KEY, text, values(), Viewer::key);
    }

    /** The name in the configuration and in the container's environment. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The stage of the desktop image's Dockerfile that contains it. */
    public String imageTarget() {
        return imageTarget;
    }
}
