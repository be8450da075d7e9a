package io.computeruse.sandbox.config;

/**
 * How long the load balancer keeps an idle connection. An instance is a time that a Network Load Balancer accepts (Elastic Load
 * Balancing API, listener attribute {@code tcp.idle_timeout.seconds}).
 *
 * @param seconds 60 to 6000
 */
public record TcpIdleTimeout(int seconds) {
    static final String KEY = "tcpIdleTimeoutSeconds";
    static final int SHORTEST = 60;
    static final int LONGEST = 6000;

    /** An hour, because a session is idle while a person reads. */
    static final TcpIdleTimeout DEFAULT = new TcpIdleTimeout(3600);

    /** @throws IllegalArgumentException if a Network Load Balancer would refuse it */
    public TcpIdleTimeout {
        if (seconds < SHORTEST || seconds > LONGEST) {
            throw new IllegalArgumentException(
                    "a TCP idle timeout is %d to %d seconds, not %d".formatted(SHORTEST, LONGEST, seconds));
        }
    }

    static TcpIdleTimeout read(SettingsReader settings) {
        return new TcpIdleTimeout(settings.number(KEY, DEFAULT.seconds, SHORTEST, LONGEST));
    }
}
