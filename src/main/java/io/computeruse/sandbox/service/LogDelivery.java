package io.computeruse.sandbox.service;

import java.util.Map;

/**
 * What happens to a container's output while CloudWatch Logs does not accept it. The choice is always written down: otherwise the
 * account's setting {@code defaultLogDriverMode} would make it (Amazon ECS API reference, {@code LogConfiguration}).
 */
public enum LogDelivery {
    /**
     * Nothing is lost, but the container's writes wait. For the console, because the agent's output is part of the audit record:
     * an agent that cannot be recorded must not go on.
     */
    BLOCKING(Map.of("mode", "blocking")),
    /**
     * The container never waits, but lines may be lost: they are kept in a buffer, and when it is full the next ones are dropped.
     * For the desktop, which a person may be watching or controlling: it must not freeze because a log service is out of reach.
     * What the agent did to it is in the agent's own record.
     */
    NON_BLOCKING(Map.of("mode", "non-blocking", "max-buffer-size", "10m"));

    private final Map<String, String> options;

    LogDelivery(Map<String, String> options) {
        this.options = options;
    }

    /** Options of the {@code awslogs} driver. */
    Map<String, String> options() {
        return options;
    }
}
