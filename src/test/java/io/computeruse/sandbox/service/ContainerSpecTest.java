package io.computeruse.sandbox.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {
    private static final ContainerSpec.Deployment DEPLOYMENT = new ContainerSpec.Deployment(
            "r@sha256:0", Map.of("B", "2", "A", "1"), Map.of("TOKEN", "arn:x"), "/logs", "us-west-2");

    private static JsonObject container(ContainerSpec spec) {
        return JsonParser.parseString(spec.definitions(DEPLOYMENT))
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
    }

    @Test
    void aContainerIsNeverPrivilegedAndDropsEveryCapability() {
        var container = container(new ContainerSpec(
                "c",
                List.of(8501),
                Set.of(),
                RootFileSystem.READ_ONLY,
                List.of(new EmptyVolume("/tmp")),
                LogDelivery.BLOCKING));
        assertThat(container.get("privileged").getAsBoolean()).isFalse();
        assertThat(container.get("readonlyRootFilesystem").getAsBoolean()).isTrue();
        assertThat(container.getAsJsonObject("linuxParameters").toString()).contains("\"drop\":[\"ALL\"]");
    }

    @Test
    void aKeptCapabilityIsTheOnlyOneNotDropped() {
        var dropped = container(new ContainerSpec(
                        "c",
                        List.of(1),
                        Set.of(LinuxCapability.SETUID, LinuxCapability.SETGID),
                        RootFileSystem.WRITABLE,
                        List.of(),
                        LogDelivery.BLOCKING))
                .getAsJsonObject("linuxParameters")
                .toString();
        assertThat(dropped).contains("NET_RAW", "KILL", "SYS_CHROOT").doesNotContain("SETUID", "SETGID", "ALL");
    }

    @Test
    void secretsAreReferences() {
        var container = container(new ContainerSpec(
                "c", List.of(1), Set.of(), RootFileSystem.READ_ONLY, List.of(), LogDelivery.BLOCKING));
        assertThat(container.getAsJsonArray("secrets").toString())
                .isEqualTo("[{\"name\":\"TOKEN\",\"valueFrom\":\"arn:x\"}]");
        assertThat(container.getAsJsonArray("environment").toString()).doesNotContain("TOKEN");
    }

    /** Without "mode" the account's setting would decide ({@code LogConfiguration} in the Amazon ECS API reference). */
    @Test
    void everyContainerStatesWhetherLinesMayBeLost() {
        for (var delivery : LogDelivery.values()) {
            var options = container(
                            new ContainerSpec("c", List.of(1), Set.of(), RootFileSystem.READ_ONLY, List.of(), delivery))
                    .getAsJsonObject("logConfiguration")
                    .getAsJsonObject("options");
            var mayLoseLines = delivery != LogDelivery.BLOCKING;
            assertThat(options.get("mode").getAsString()).isEqualTo(mayLoseLines ? "non-blocking" : "blocking");
            assertThat(options.has("max-buffer-size")).isEqualTo(mayLoseLines);
            assertThat(options.get("awslogs-group").getAsString()).isEqualTo("/logs");
        }
    }

    /** The exact text, because ECS makes a new revision, and Pulumi a new task, whenever the text differs from run to run. */
    @Test
    void theTextIsTheSameInEveryRunOfTheProgram() {
        var spec = new ContainerSpec(
                "c",
                List.of(8501),
                Set.of(),
                RootFileSystem.READ_ONLY,
                List.of(new EmptyVolume("/tmp")),
                LogDelivery.BLOCKING);
        assertThat(spec.definitions(DEPLOYMENT))
                .isEqualTo("[{\"name\":\"c\",\"image\":\"r@sha256:0\",\"essential\":true,\"privileged\":false,"
                        + "\"readonlyRootFilesystem\":true,"
                        + "\"linuxParameters\":{\"capabilities\":{\"drop\":[\"ALL\"]},\"initProcessEnabled\":true},"
                        + "\"portMappings\":[{\"containerPort\":8501,\"hostPort\":8501,\"protocol\":\"tcp\"}],"
                        + "\"environment\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2\"}],"
                        + "\"secrets\":[{\"name\":\"TOKEN\",\"valueFrom\":\"arn:x\"}],"
                        + "\"mountPoints\":[{\"containerPath\":\"/tmp\",\"readOnly\":false,\"sourceVolume\":\"tmp\"}],"
                        + "\"healthCheck\":{\"command\":[\"CMD\",\"/usr/local/bin/healthcheck\"],\"interval\":10,"
                        + "\"timeout\":5,\"retries\":3,\"startPeriod\":60},\"stopTimeout\":15,"
                        + "\"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{\"awslogs-group\":\"/logs\","
                        + "\"awslogs-region\":\"us-west-2\",\"awslogs-stream-prefix\":\"c\",\"mode\":\"blocking\"}}}]");
    }

    @Test
    void variablesAndMountPointsAreListsOfObjects() {
        var spec = new ContainerSpec(
                "c",
                List.of(1, 2),
                Set.of(),
                RootFileSystem.READ_ONLY,
                List.of(new EmptyVolume("/tmp"), new EmptyVolume("/var/lib/x")),
                LogDelivery.BLOCKING);
        assertThat(container(spec).getAsJsonArray("environment").toString())
                .isEqualTo("[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2\"}]");
        assertThat(container(spec).getAsJsonArray("mountPoints").toString()).contains("\"sourceVolume\":\"var-lib-x\"");
    }
}
