package io.computeruse.sandbox.network;

/** The sandbox's TCP ports. */
public final class Ports {
    /** The console, with TLS; open to the deployer. */
    public static final int CONSOLE = 8501;

    /** The desktop's viewer, with TLS; open to the deployer. */
    public static final int VIEWER = 8443;

    /** The desktop's control API; open to the console's task only. */
    public static final int CONTROL_API = 5000;

    public static final int HTTPS = 443;
    public static final int HTTP = 80;

    private Ports() {}
}
