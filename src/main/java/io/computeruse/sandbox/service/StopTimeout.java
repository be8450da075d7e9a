package io.computeruse.sandbox.service;

/**
 * How long a container may take to stop: the time between SIGTERM and SIGKILL. An instance is a time that Fargate accepts (Amazon
 * ECS API, {@code ContainerDefinition}).
 *
 * @param seconds 2 to 120
 */
record StopTimeout(int seconds) {
    private static final int SHORTEST = 2;
    private static final int LONGEST = 120;

    /** @throws IllegalArgumentException if Fargate would refuse it */
    StopTimeout {
        if (seconds < SHORTEST || seconds > LONGEST) {
            throw new IllegalArgumentException(
                    "a stop timeout on Fargate is %d to %d seconds, not %d".formatted(SHORTEST, LONGEST, seconds));
        }
    }
}
