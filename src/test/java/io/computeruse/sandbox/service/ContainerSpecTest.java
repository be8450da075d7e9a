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
                "c", List.of(8501), Set.of(), true, List.of(new EmptyVolume("/tmp")), LogDelivery.EVERY_LINE));
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
                        false,
                        List.of(),
                        LogDelivery.EVERY_LINE))
                .getAsJsonObject("linuxParameters")
                .toString();
        assertThat(dropped).contains("NET_RAW", "KILL", "SYS_CHROOT").doesNotContain("SETUID", "SETGID", "ALL");
    }

    @Test
    void secretsAreReferences() {
        var container =
                container(new ContainerSpec("c", List.of(1), Set.of(), true, List.of(), LogDelivery.EVERY_LINE));
        assertThat(container.getAsJsonArray("secrets").toString())
                .isEqualTo("[{\"name\":\"TOKEN\",\"valueFrom\":\"arn:x\"}]");
        assertThat(container.getAsJsonArray("environment").toString()).doesNotContain("TOKEN");
    }

    /** "mode" in {@code LogConfiguration} of the Amazon ECS API reference; the account decides where it is not said. */
    @Test
    void whetherLinesMayBeLostIsAlwaysSaid() {
        for (var delivery : LogDelivery.values()) {
            var options = container(new ContainerSpec("c", List.of(1), Set.of(), true, List.of(), delivery))
                    .getAsJsonObject("logConfiguration")
                    .getAsJsonObject("options");
            var mayLoseLines = delivery != LogDelivery.EVERY_LINE;
            assertThat(options.get("mode").getAsString()).isEqualTo(mayLoseLines ? "non-blocking" : "blocking");
            assertThat(options.has("max-buffer-size")).isEqualTo(mayLoseLines);
            assertThat(options.get("awslogs-group").getAsString()).isEqualTo("/logs");
        }
    }

    @Test
    void theSameContainerGivesTheSameText() {
        var spec = new ContainerSpec(
                "c",
                List.of(1, 2),
                Set.of(),
                true,
                List.of(new EmptyVolume("/tmp"), new EmptyVolume("/var/lib/x")),
                LogDelivery.EVERY_LINE);
        assertThat(spec.definitions(DEPLOYMENT)).isEqualTo(spec.definitions(DEPLOYMENT));
        assertThat(container(spec).getAsJsonArray("environment").toString())
                .isEqualTo("[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2\"}]");
        assertThat(container(spec).getAsJsonArray("mountPoints").toString()).contains("\"sourceVolume\":\"var-lib-x\"");
    }
}
