package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.computeruse.sandbox.logging.LogGroupNames;
import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackNameTest {
    private static final String KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

    @ParameterizedTest
    @CsvSource({
        "my.dev, my-dev",
        "acme/dev, dev",
        "acme/computer-use-sandbox/dev, dev",
        "a b, a-b",
        "..., -",
    })
    void aNameThatAwsWouldRefuseIsRefusedAndTheMessageSuggestsAValidOne(String name, String fitting) {
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

    @Test
    void everyDeploymentHasAnotherClusterNameAndTheKeysPatternMatchesThisStacksClustersOnly() {
        var names = new ResourceNames(new StackName("dev"));
        assertThat(names.cluster(KEY_ID)).isEqualTo("computer-use-sandbox-dev-1234abcd");
        var pattern = Pattern.compile(names.clusterPattern().replace("?", "."));
        assertThat(names.cluster(KEY_ID)).matches(pattern);
        assertThat(new ResourceNames(new StackName("dev-2")).cluster(KEY_ID)).doesNotMatch(pattern);
        assertThat(new ResourceNames(new StackName("de")).cluster(KEY_ID)).doesNotMatch(pattern);
    }

    /** The bounds are those of the services' APIs: ECS ({@code CreateCluster}, {@code RegisterTaskDefinition}), CloudWatch Logs. */
    @Test
    void everyNameThatContainsTheLongestStackNameIsAcceptedByItsService() {
        var names = new ResourceNames(new StackName("x".repeat(StackName.LONGEST)));
        var logGroups = new LogGroupNames(names);
        assertThat(List.of(names.cluster(KEY_ID), names.taskFamily("environment"), names.taskFamily("orchestration")))
                .allMatch(name -> name.matches("[A-Za-z0-9_-]{1,255}"));
        assertThat(List.of(
                        logGroups.containers(),
                        logGroups.flows(),
                        logGroups.dnsQueries(),
                        LogGroupNames.containerInsights(names.cluster(KEY_ID))))
                .allMatch(name -> name.matches("[.\\-_/#A-Za-z0-9]{1,512}"));
    }
}
