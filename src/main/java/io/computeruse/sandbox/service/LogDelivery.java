package io.computeruse.sandbox.service;

import java.util.Map;

/**
 * What happens to a container's output while CloudWatch Logs does not take it. Always said: otherwise the account's setting {@code
 * defaultLogDriverMode} would decide (Amazon ECS API reference, {@code LogConfiguration}).
 */
public enum LogDelivery {
    /**
     * Nothing is lost: the container's writes wait. For the agent, whose output is part of the audit record: an agent that cannot be
     * recorded must not go on.
     */
    EVERY_LINE(Map.of("mode", "blocking")),
    /**
     * Nothing waits: lines are kept in a buffer, and when that is full the next ones are lost. For the desktop, which a person may be
     * watching or steering: it must not freeze because a log service is out of reach, and what the agent did to it is in the
     * agent's own record.
     */
    NEVER_WAIT(Map.of("mode", "non-blocking", "max-buffer-size", "10m"));

    private final Map<String, String> options;

    LogDelivery(Map<String, String> options) {
        this.options = options;
    }

    /** Options of the {@code awslogs} driver. */
    Map<String, String> options() {
        return options;
    }
}
