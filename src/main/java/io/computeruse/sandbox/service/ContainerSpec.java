package io.computeruse.sandbox.service;

import io.computeruse.sandbox.service.ContainerDefinition.Capabilities;
import io.computeruse.sandbox.service.ContainerDefinition.LinuxParameters;
import io.computeruse.sandbox.service.ContainerDefinition.LogConfiguration;
import io.computeruse.sandbox.service.ContainerDefinition.PortMapping;
import io.computeruse.sandbox.service.ContainerDefinition.SecretVariable;
import io.computeruse.sandbox.service.ContainerDefinition.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a task's one container is, as far as it is known before AWS creates anything.
 *
 * <p>Promise: the container is never privileged, keeps no Linux capability but the named ones, and runs under an init process, so
 * that processes which lost their parent are reaped. Two runs describe the same container with the same text, so that a second
 * deployment replaces no task.
 *
 * @param name of the container, which is its service's
 * @param ports TCP ports that it listens on
 * @param keptCapabilities Linux capabilities that its entry point needs; all others of Docker's default set are dropped
 * @param rootFileSystem whether it can write outside its volumes
 * @param volumes the directories that it can always write to
 * @param logDelivery whether output may be delayed or lost when CloudWatch Logs is out of reach
 */
public record ContainerSpec(
        String name,
        List<Integer> ports,
        Set<LinuxCapability> keptCapabilities,
        RootFileSystem rootFileSystem,
        List<EmptyVolume> volumes,
        LogDelivery logDelivery) {

    /** The images promise to stop within 5 seconds. */
    private static final StopTimeout STOP_TIMEOUT = new StopTimeout(15);

    /** The start period is generous: the console starts in 10 to 20 seconds. */
    private static final HealthCheck HEALTH_CHECK = HealthCheck.ofProgram("/usr/local/bin/healthcheck", 10, 5, 3, 60);

    /**
     * What is known only once AWS has created other resources.
     *
     * @param image reference of the image, by digest
     * @param variables plain environment variables
     * @param secrets from each secret environment variable to the {@code valueFrom} that ECS reads it from
     * @param logGroup name of the log group
     * @param region of the log group
     */
    public record Deployment(
            String image, Map<String, String> variables, Map<String, String> secrets, String logGroup, String region) {}

    /** @throws IllegalArgumentException if two volumes would have the same name */
    public ContainerSpec {
        if (volumes.stream().map(EmptyVolume::name).distinct().count() < volumes.size()) {
            throw new IllegalArgumentException("two volumes of " + name + " have the same name: " + volumes);
        }
    }

    /** The {@code containerDefinitions} of a task definition. */
    public String definitions(Deployment deployment) {
        var essential = true;
        var privileged = false;
        var initProcessEnabled = true;
        return new ContainerDefinition(
                        name,
                        deployment.image(),
                        essential,
                        privileged,
                        rootFileSystem == RootFileSystem.READ_ONLY,
                        new LinuxParameters(new Capabilities(droppedCapabilities()), initProcessEnabled),
                        ports.stream().map(PortMapping::tcp).toList(),
                        Variable.of(deployment.variables()),
                        SecretVariable.of(deployment.secrets()),
                        volumes.stream().map(EmptyVolume::mountPoint).toList(),
                        HEALTH_CHECK,
                        STOP_TIMEOUT.seconds(),
                        new LogConfiguration("awslogs", logOptions(deployment)))
                .toJson();
    }

    private TreeMap<String, String> logOptions(Deployment deployment) {
        var options = new TreeMap<>(logDelivery.options());
        options.put("awslogs-group", deployment.logGroup());
        options.put("awslogs-region", deployment.region());
        options.put("awslogs-stream-prefix", name);
        return options;
    }

    /**
     * Dropping {@code ALL} and adding some back is not possible on Fargate, which adds no capability but {@code SYS_PTRACE}. So a
     * container that keeps some names each of the others.
     */
    private List<String> droppedCapabilities() {
        return keptCapabilities.isEmpty()
                ? List.of("ALL")
                : Arrays.stream(LinuxCapability.values())
                        .filter(capability -> !keptCapabilities.contains(capability))
                        .map(Enum::name)
                        .toList();
    }
}
