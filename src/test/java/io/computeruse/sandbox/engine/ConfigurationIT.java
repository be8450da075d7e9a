package io.computeruse.sandbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pulumi.automation.AutomationException;
import com.pulumi.automation.PreviewOptions;
import com.pulumi.automation.UpOptions;
import com.pulumi.automation.WorkspaceStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid configuration files of a stack, on the real engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigurationIT {
    private Path folder;

    private LocalAws aws;
    private SandboxProject project;
    private WorkspaceStack stack;
    private Path file;
    private String original;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        aws = LocalAws.start();
        project = SandboxProject.copyTo(folder, aws);
        stack = project.stack("local");
        file = folder.resolve("Pulumi.local.yaml");
        original = Files.readString(file);
    }

    @AfterAll
    void stop() throws IOException {
        aws.close();
    }

    private static String withSetting(String config, String key, String json) {
        return config.replaceAll("(?m)^  computer-use-sandbox:" + key + ":.*\n", "")
                .replaceFirst(
                        "(?m)^config:\n",
                        "config:\n  computer-use-sandbox:" + key + ": " + Matcher.quoteReplacement(json) + "\n");
    }

    /** Key, value as YAML (JSON is YAML), and what the message must contain besides the key. */
    static Stream<Arguments> wrongSettings() {
        return Stream.of(
                Arguments.of("deployerIp", "\"999.1.1.1\"", "999.1.1.1"),
                Arguments.of("deployerIp", "\"1.2.3\"", "1.2.3"),
                Arguments.of("deployerIp", "\"0.0.0.0/0\"", "0.0.0.0/0"),
                Arguments.of("deployerIp", "\"0.0.0.0/1\"", "0.0.0.0/1"),
                Arguments.of("deployerIp", "\"::/0\"", "::/0"),
                Arguments.of("deployerIp", "\"10.0.0.0/33\"", "10.0.0.0/33"),
                Arguments.of("deployerIp", "\"203.0.113.5/24\"", "203.0.113.0/24"),
                Arguments.of("deployerIp", "\"localhost\"", "localhost"),
                Arguments.of("deployerIp", "\"   \"", "is empty"),
                Arguments.of("deployerIp", "\"\"", "is empty"),
                Arguments.of("deployerIp", "3405803777", "3405803777"),
                Arguments.of("deployerIp", "\"203.0.113.1,203.0.113.2\"", "203.0.113.1,203.0.113.2"),
                Arguments.of("deployerIp", "\"\\u0662\\u0660\\u0663.0.113.1\"", "non-ASCII"),
                Arguments.of("deployerIp", "\"203.0.113.1\\n\"", "203.0.113.1\\n"),
                Arguments.of("deployerIp", "\"224.0.0.1\"", "multicast"),
                Arguments.of("deployerIp", "\"127.0.0.1\"", "loopback"),
                Arguments.of("allowedDomains", "[\"\"]", "is empty"),
                Arguments.of("allowedDomains", "[\"*.*.com\"]", "*.*.com"),
                Arguments.of("allowedDomains", "[\"a b.com\"]", "a b.com"),
                Arguments.of("allowedDomains", "[\"http://x\"]", "http://x"),
                Arguments.of("allowedDomains", "[\"" + "a.".repeat(150) + "\"]", "longer than 253"),
                Arguments.of("allowedDomains", "[\"example.org\",\"EXAMPLE.org\"]", "twice"),
                Arguments.of("allowedDomains", "[\"b\\u00fccher.example\"]", "xn--bcher-kva.example"),
                Arguments.of("allowedDomains", "[\"*\"]", "would allow every name"));
    }

    @ParameterizedTest
    @MethodSource("wrongSettings")
    void anInvalidSettingStopsTheDeploymentBeforeAnythingChanges(String key, String yaml, String named)
            throws Exception {
        Files.writeString(file, withSetting(original, key, yaml));
        assertThatThrownBy(() -> stack.up(UpOptions.builder().build()))
                .isInstanceOf(AutomationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(named)
                .message()
                .containsPattern("\\. (Write|Remove|List|Name|Put) ") // the fix
                .doesNotContain("InvalidConfigurationException"); // a message, not a stack trace
        assertThat(aws.list(
                        "SecurityGroups", "ec2", "describe-security-groups", "--filters", "Name=tag:Project,Values=*"))
                .isEmpty();
        assertThat(stateHoldsResources()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"my.dev", "a.b.c"})
    void aStackNameThatAwsWouldRefuseStopsTheDeploymentBeforeAnythingChanges(String name) throws Exception {
        Files.writeString(folder.resolve("Pulumi." + name + ".yaml"), original);
        try {
            var named = project.stack(name);
            assertThatThrownBy(() -> named.up(UpOptions.builder().build()))
                    .isInstanceOf(AutomationException.class)
                    .hasMessageContaining("stack name: \"" + name + "\"")
                    .hasMessageContaining("pulumi stack rename " + name.replace('.', '-'));
            assertThat(stateHoldsResources(named)).isFalse();
        } finally {
            project.stack("local"); // selects the stack that the other tests use
        }
    }

    @Test
    void aModelOfAnotherGeographyStopsTheDeploymentWhereverTheRegionComesFrom() throws Exception {
        var projectFile = folder.resolve("Pulumi.yaml");
        var withRegion = Files.readString(projectFile);
        try {
            Files.writeString(file, original.replaceFirst("(?m)^config:\n", "config:\n  aws:region: eu-central-1\n"));
            assertRefusedInEurope(stack);
            Files.writeString(file, original);
            Files.writeString(projectFile, withRegion.replaceFirst("(?m)^  aws:region:.*\n", ""));
            assertRefusedInEurope(project.stack("local", Map.of("AWS_REGION", "eu-central-1")));
        } finally {
            Files.writeString(projectFile, withRegion);
            Files.writeString(file, original);
        }
    }

    private void assertRefusedInEurope(WorkspaceStack inEurope) throws AutomationException {
        assertThatThrownBy(() -> inEurope.up(UpOptions.builder().build()))
                .isInstanceOf(AutomationException.class)
                .hasMessageContaining("bedrockModels: \"us.anthropic.claude-sonnet-5-5\"")
                .hasMessageContaining("does not offer in eu-central-1. Write eu.anthropic.claude-sonnet-5-5");
        assertThat(StateGraph.of(inEurope.exportStack()).urnsOfTypes(Pattern.compile("aws:.*")))
                .isEmpty();
    }

    private boolean stateHoldsResources() throws AutomationException {
        return stateHoldsResources(stack);
    }

    private static boolean stateHoldsResources(WorkspaceStack stack) throws AutomationException {
        return stack.exportStack().deployment().get("resources") instanceof List<?> resources
                && resources.size() > 1; // the stack itself is one
    }

    @Test
    void theStacksDevAndLocalDescribeTheSameResources() throws Exception {
        Files.writeString(file, original);
        var dev = preview(project.stack("dev"));
        assertThat(preview(project.stack("local"))).isEqualTo(dev).isNotEmpty();
    }

    private static Map<String, Set<String>> preview(WorkspaceStack stack) throws AutomationException {
        var changes = new Changes();
        stack.preview(PreviewOptions.builder()
                .policyPacks(SandboxProject.policyPacks())
                .onEvent(changes)
                .build());
        var operations = new TreeMap<String, Set<String>>(changes.operations());
        operations.get("CREATE").removeIf(name -> name.startsWith("pulumi:pulumi:Stack::")); // named after the stack
        return operations;
    }
}
