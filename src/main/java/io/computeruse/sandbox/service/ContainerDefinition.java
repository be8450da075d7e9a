package io.computeruse.sandbox.service;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One container as a task definition describes it. The components are the members of the JSON, in their order; the Amazon ECS API
 * reference explains each under {@code ContainerDefinition}.
 */
record ContainerDefinition(
        String name,
        String image,
        boolean essential,
        boolean privileged,
        boolean readonlyRootFilesystem,
        LinuxParameters linuxParameters,
        List<PortMapping> portMappings,
        List<Variable> environment,
        List<SecretVariable> secrets,
        List<MountPoint> mountPoints,
        HealthCheck healthCheck,
        int stopTimeout,
        LogConfiguration logConfiguration) {

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    record LinuxParameters(Capabilities capabilities, boolean initProcessEnabled) {}

    record Capabilities(List<String> drop) {}

    record PortMapping(int containerPort, int hostPort, String protocol) {
        static PortMapping tcp(int port) {
            return new PortMapping(port, port, "tcp");
        }
    }

    record Variable(String name, String value) {
        /** Sorted by name, so that the same variables give the same text. */
        static List<Variable> of(Map<String, String> values) {
            return new TreeMap<>(values)
                    .entrySet().stream()
                            .map(entry -> new Variable(entry.getKey(), entry.getValue()))
                            .toList();
        }
    }

    record SecretVariable(String name, String valueFrom) {
        /** Sorted by name, so that the same references give the same text. */
        static List<SecretVariable> of(Map<String, String> references) {
            return new TreeMap<>(references)
                    .entrySet().stream()
                            .map(entry -> new SecretVariable(entry.getKey(), entry.getValue()))
                            .toList();
        }
    }

    record MountPoint(String containerPath, boolean readOnly, String sourceVolume) {}

    /** @param options sorted by name when written */
    record LogConfiguration(String logDriver, TreeMap<String, String> options) {}

    /** The {@code containerDefinitions} of a task definition whose only container this is. */
    String toJson() {
        return JSON.toJson(List.of(this));
    }
}
