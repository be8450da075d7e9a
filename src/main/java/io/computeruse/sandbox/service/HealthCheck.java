package io.computeruse.sandbox.service;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How ECS finds out whether a container is well. An instance is within the bounds that ECS publishes (Amazon ECS API, {@code
 * HealthCheck}).
 *
 * @param program absolute path of the program in the image, which exits with 0 if all is well
 * @param interval seconds from check to check, 5 to 300
 * @param timeout seconds that one check may take, 2 to 60
 * @param retries failures in a row after which the container counts as unhealthy, 1 to 10
 * @param startPeriod seconds after the start in which failures do not count, 0 to 300
 */
record HealthCheck(String program, int interval, int timeout, int retries, int startPeriod) {
    /** @throws IllegalArgumentException if ECS would refuse it */
    HealthCheck {
        if (!program.startsWith("/")) {
            throw new IllegalArgumentException("a health check names its program by an absolute path: " + program);
        }
        requireBetween("interval", interval, 5, 300);
        requireBetween("timeout", timeout, 2, 60);
        requireBetween("retries", retries, 1, 10);
        requireBetween("startPeriod", startPeriod, 0, 300);
    }

    private static void requireBetween(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "the %s of a health check is %d to %d, not %d".formatted(what, least, most, value));
        }
    }

    /** As a container definition holds it. */
    Map<String, Object> definition() {
        var check = new LinkedHashMap<String, Object>();
        check.put("command", List.of("CMD", program));
        check.put("interval", interval);
        check.put("timeout", timeout);
        check.put("retries", retries);
        check.put("startPeriod", startPeriod);
        return check;
    }
}
