package io.computeruse.sandbox.service;

import java.util.List;

/**
 * How ECS finds out whether a container is healthy. The components are the members of {@code HealthCheck} in the Amazon ECS API;
 * an instance is within the bounds that it documents.
 *
 * @param command {@code CMD} and the program, which exits with 0 if the container is healthy
 * @param interval seconds between two checks, 5 to 300
 * @param timeout seconds that one check may take, 2 to 60
 * @param retries failures in a row after which the container is unhealthy, 1 to 10
 * @param startPeriod seconds after the start in which failures are not counted, 0 to 300
 */
record HealthCheck(List<String> command, int interval, int timeout, int retries, int startPeriod) {
    /** @throws IllegalArgumentException if ECS would refuse it */
    HealthCheck {
        requireBetween("interval", interval, 5, 300);
        requireBetween("timeout", timeout, 2, 60);
        requireBetween("retries", retries, 1, 10);
        requireBetween("startPeriod", startPeriod, 0, 300);
    }

    /**
     * A check that runs a program of the image, without a shell and without arguments.
     *
     * @param program absolute path
     * @throws IllegalArgumentException if the path is relative or a number is out of bounds
     */
    static HealthCheck ofProgram(String program, int interval, int timeout, int retries, int startPeriod) {
        if (!program.startsWith("/")) {
            throw new IllegalArgumentException("a health check names its program by an absolute path: " + program);
        }
        return new HealthCheck(List.of("CMD", program), interval, timeout, retries, startPeriod);
    }

    private static void requireBetween(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "the %s of a health check is %d to %d, not %d".formatted(what, least, most, value));
        }
    }
}
