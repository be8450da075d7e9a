package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.computeruse.sandbox.logging.LogGroupNames;
import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackNameTest {
    @ParameterizedTest
    @CsvSource({
        "my.dev, my-dev",
        "acme/dev, dev",
        "acme/computer-use-sandbox/dev, dev",
        "a b, a-b",
        "..., -",
    })
    void aNameThatAwsWouldRefuseIsRefusedWithOneThatFits(String name, String fitting) {
        assertThatThrownBy(() -> new StackName(name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("stack name: \"" + name + "\"")
                .hasMessageEndingWith("Name the stack " + fitting + ": pulumi stack rename " + fitting);
        assertThat(new StackName(fitting).name()).isEqualTo(fitting);
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThat(new StackName("x".repeat(100)).name()).hasSize(100);
        assertThatThrownBy(() -> new StackName("x".repeat(101)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is longer than 100 characters. Name the stack xxxx");
    }

    /** The bounds are those of the services' APIs: ECS ({@code CreateCluster}, {@code RegisterTaskDefinition}), CloudWatch Logs. */
    @Test
    void everyNameBuiltFromTheLongestStackNameIsOneThatItsServiceTakes() {
        var names = new ResourceNames(new StackName("x".repeat(StackName.LONGEST)));
        var logGroups = new LogGroupNames(names);
        assertThat(List.of(names.cluster(), names.taskFamily("environment"), names.taskFamily("orchestration")))
                .allMatch(name -> name.matches("[A-Za-z0-9_-]{1,255}"));
        assertThat(List.of(
                        logGroups.containers(),
                        logGroups.flows(),
                        logGroups.dnsQueries(),
                        logGroups.containerInsights()))
                .allMatch(name -> name.matches("[.\\-_/#A-Za-z0-9]{1,512}"));
    }
}
