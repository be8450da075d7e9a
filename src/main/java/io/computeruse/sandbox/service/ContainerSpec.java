package io.computeruse.sandbox.service;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One container of a task, apart from what AWS decides.
 *
 * <p>Promise: never privileged, with no Linux capability beyond the named ones, and every process reaped.
 *
 * @param name of the container, which is its service's
 * @param ports TCP ports that it listens on
 * @param keptCapabilities Linux capabilities that its entry point needs; all others of Docker's default set are dropped
 * @param readonlyRoot true: it can write to its volumes only
 * @param writablePaths mount points of empty volumes that live as long as the task
 */
public record ContainerSpec(
        String name,
        List<Integer> ports,
        List<String> keptCapabilities,
        boolean readonlyRoot,
        List<String> writablePaths) {

    /** What Docker gives a container that asks for nothing (moby, {@code oci/caps/defaults.go}). */
    private static final List<String> DOCKER_DEFAULT_CAPABILITIES = List.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "NET_RAW",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    /** Seconds between SIGTERM and SIGKILL; the images promise to stop in 5. */
    private static final int STOP_TIMEOUT = 15;

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

    public ContainerSpec {
        for (var capability : keptCapabilities) {
            if (!DOCKER_DEFAULT_CAPABILITIES.contains(capability)) {
                throw new IllegalArgumentException(
                        capability + " is not one of Docker's default capabilities: Fargate cannot add it");
            }
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
                "mountPoints",
                writablePaths.stream()
                        .map(path -> new TreeMap<String, Object>(
                                Map.of("containerPath", path, "sourceVolume", volumeName(path), "readOnly", false)))
                        .toList());
        container.put("healthCheck", healthCheck());
        container.put("stopTimeout", STOP_TIMEOUT);
        container.put(
                "logConfiguration",
                Map.of(
                        "logDriver",
                        "awslogs",
                        "options",
                        new TreeMap<>(Map.of(
                                "awslogs-group",
                                deployment.logGroup(),
                                "awslogs-region",
                                deployment.region(),
                                "awslogs-stream-prefix",
                                name))));
        return JSON.toJson(List.of(container));
    }

    private static Map<String, Object> healthCheck() {
        var check = new LinkedHashMap<String, Object>();
        check.put("command", List.of("CMD", "/usr/local/bin/healthcheck"));
        check.put("interval", 10);
        check.put("timeout", 5);
        check.put("retries", 3);
        check.put("startPeriod", 60); // seconds: the console starts in 10 to 20
        return check;
    }

    private List<String> droppedCapabilities() {
        // "ALL" with exceptions cannot be said to Fargate, which adds nothing but SYS_PTRACE.
        return keptCapabilities.isEmpty()
                ? List.of("ALL")
                : DOCKER_DEFAULT_CAPABILITIES.stream()
                        .filter(c -> !keptCapabilities.contains(c))
                        .toList();
    }

    /** Names of the task's volumes. */
    Stream<String> volumeNames() {
        return writablePaths.stream().map(ContainerSpec::volumeName);
    }

    private static String volumeName(String path) {
        return path.substring(1).replace('/', '-');
    }
}
