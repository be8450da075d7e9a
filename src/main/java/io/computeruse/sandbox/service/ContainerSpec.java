package io.computeruse.sandbox.service;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One container of a task, apart from what AWS decides.
 *
 * <p>Promise: never privileged, with no Linux capability beyond the named ones, and every process reaped.
 *
 * @param name of the container, which is its service's
 * @param ports TCP ports that it listens on
 * @param keptCapabilities Linux capabilities that its entry point needs; all others of Docker's default set are dropped
 * @param readonlyRoot true: it can write to its volumes only
 * @param volumes what it can write to besides
 * @param logDelivery whether its output may wait or be lost
 */
public record ContainerSpec(
        String name,
        List<Integer> ports,
        Set<LinuxCapability> keptCapabilities,
        boolean readonlyRoot,
        List<EmptyVolume> volumes,
        LogDelivery logDelivery) {

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    /** The images promise to stop in 5 seconds. */
    private static final StopTimeout STOP_TIMEOUT = new StopTimeout(15);

    /** The console starts in 10 to 20 seconds. */
    private static final HealthCheck HEALTH_CHECK = new HealthCheck("/usr/local/bin/healthcheck", 10, 5, 3, 60);

    /**
     * What is known only when AWS has made it.
     *
     * @param image by digest
     * @param environment plain variables
     * @param secrets variable to the ARN that ECS reads it from
     */
    public record Deployment(
            String image,
            Map<String, String> environment,
            Map<String, String> secrets,
            String logGroup,
            String region) {}

    /** @throws IllegalArgumentException if two volumes would have the same name */
    public ContainerSpec {
        if (volumes.stream().map(EmptyVolume::name).distinct().count() < volumes.size()) {
            throw new IllegalArgumentException("two volumes of " + name + " have the same name: " + volumes);
        }
    }

    /** The {@code containerDefinitions} of a task definition. Sorted: the same container gives the same text. */
    public String definitions(Deployment deployment) {
        var container = new LinkedHashMap<String, Object>();
        container.put("name", name);
        container.put("image", deployment.image());
        container.put("essential", true);
        container.put("privileged", false);
        container.put("readonlyRootFilesystem", readonlyRoot);
        container.put(
                "linuxParameters",
                Map.of("initProcessEnabled", true, "capabilities", Map.of("drop", droppedCapabilities())));
        container.put(
                "portMappings",
                ports.stream()
                        .map(port -> new TreeMap<String, Object>(
                                Map.of("containerPort", port, "hostPort", port, "protocol", "tcp")))
                        .toList());
        container.put(
                "environment",
                new TreeMap<>(deployment.environment())
                        .entrySet().stream()
                                .map(e -> new TreeMap<>(Map.of("name", e.getKey(), "value", e.getValue())))
                                .toList());
        container.put(
                "secrets",
                new TreeMap<>(deployment.secrets())
                        .entrySet().stream()
                                .map(e -> new TreeMap<>(Map.of("name", e.getKey(), "valueFrom", e.getValue())))
                                .toList());
        container.put(
                "mountPoints", volumes.stream().map(EmptyVolume::mountPoint).toList());
        container.put("healthCheck", HEALTH_CHECK.definition());
        container.put("stopTimeout", STOP_TIMEOUT.seconds());
        container.put("logConfiguration", Map.of("logDriver", "awslogs", "options", logOptions(deployment)));
        return JSON.toJson(List.of(container));
    }

    private Map<String, String> logOptions(Deployment deployment) {
        var options = new TreeMap<>(logDelivery.options());
        options.put("awslogs-group", deployment.logGroup());
        options.put("awslogs-region", deployment.region());
        options.put("awslogs-stream-prefix", name);
        return options;
    }

    private List<String> droppedCapabilities() {
        // "ALL" with exceptions cannot be said to Fargate, which adds nothing but SYS_PTRACE.
        return keptCapabilities.isEmpty()
                ? List.of("ALL")
                : Arrays.stream(LinuxCapability.values())
                        .filter(capability -> !keptCapabilities.contains(capability))
                        .map(Enum::name)
                        .toList();
    }
}
