package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxConfigTest {
    private final GivenSettings given = new GivenSettings();
    private final Map<String, String> texts = given.texts;
    private final Map<String, List<String>> lists = given.lists;

    private SandboxConfig config() {
        return SandboxConfig.from(given);
    }

    @Test
    void withoutAnySettingNobodyGetsIn() {
        assertThat(config().ingress().isBlocked()).isTrue();
    }

    @Test
    void allInvalidSettingsAreReportedTogether() {
        given.stackName = "my.dev";
        given.region = "eu-central-1";
        texts.put("deployerIp", "0.0.0.0/0");
        texts.put("natGateways", "3");
        texts.put("viewer", "vnc");
        lists.put("allowedDomains", List.of("example.org", "*", "a b.com"));
        assertThatThrownBy(this::config)
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("stack name: \"my.dev\"")
                .hasMessageContaining("bedrockModels: \"us.anthropic.claude-sonnet-5-5\"")
                .hasMessageContaining("defaultModel: \"us.anthropic.claude-sonnet-5-5\"")
                .hasMessageContaining("deployerIp: \"0.0.0.0/0\"")
                .hasMessageContaining("natGateways: \"3\"")
                .hasMessageContaining("viewer: \"vnc\" is not one of the choices. Write one of novnc, dcv")
                .hasMessageContaining("allowedDomains: \"*\"")
                .hasMessageContaining("allowedDomains: \"a b.com\"");
    }

    @Test
    void theAllowlistIsThePresetAndTheStacksOwnNamesEachOnce() {
        lists.put("allowedDomains", List.of("intranet.example.org", "EXAMPLE.com"));
        var names = config().allowedDomains();
        assertThat(names).contains(new DomainName("intranet.example.org")).doesNotHaveDuplicates();
        assertThat(names).containsAll(DomainPreset.STANDARD.domains());
    }

    @Test
    void thePresetNoneAllowsTheStacksOwnNamesOnly() {
        texts.put("domainPreset", "none");
        assertThat(config().allowedDomains()).isEmpty();
        lists.put("allowedDomains", List.of("example.org"));
        assertThat(config().allowedDomains()).containsExactly(new DomainName("example.org"));
    }

    @Test
    void theTightPresetHasNoWayOutForData() {
        texts.put("domainPreset", "tight");
        assertThat(config().dataOutlets()).isEmpty();
        texts.put("domainPreset", "standard");
        assertThat(config().dataOutlets()).containsAll(DomainPreset.OUTLETS);
    }

    @Test
    void theSameNameTwiceIsRefusedInUpperOrLowerCase() {
        lists.put("allowedDomains", List.of("example.org", "Example.ORG."));
        assertThatThrownBy(this::config).hasMessageContaining("allowedDomains: \"Example.ORG.\" is in the list twice");
    }

    @ParameterizedTest
    @CsvSource({
        "environmentCpu, 300",
        "environmentCpu, 3000",
        "environmentMemory, 2048",
        "environmentMemory, 4097",
        "orchestrationMemory, 2048",
        "tcpIdleTimeoutSeconds, 59",
        "tcpIdleTimeoutSeconds, 6001",
        "natGateways, 0",
        "natGateways, one",
        "displayWidth, 1e3",
        "displayHeight, -768",
        "sessionIdleMinutes, 0",
        "humanPauseSeconds, 99999999999",
        "vpcCidr, 8.8.0.0/16",
        "vpcCidr, 10.0.0.0/8",
        "vpcCidr, 10.0.0.0/25",
        "vpcCidr, 10.0.0.1/16",
        "vpcCidr, 169.254.0.0/16",
        "cpuArchitecture, arm64",
        "domainPreset, everything",
        "defaultProvider, openai",
        "loginUsername, 'a b'",
        "defaultModel, claude-opus-5-5"
    })
    void anInvalidValueIsRefusedByKeyAndValue(String key, String value) {
        texts.put(key, value);
        assertThatThrownBy(this::config)
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining(key + ": \"" + value + "\"");
    }

    @Test
    void anInvalidSecretIsRefusedWithoutBeingShown() {
        texts.put("loginPassword", "hunter2");
        texts.put("anthropicApiKey", "sk ant secret");
        assertThatThrownBy(this::config)
                .hasMessageContaining("loginPassword: \"(hidden)\"")
                .hasMessageContaining("anthropicApiKey: \"(hidden)\"")
                .message()
                .doesNotContain("hunter2", "sk ant");
    }

    @Test
    void anEmptySecretCountsAsNotSet() {
        texts.put("loginPassword", "");
        texts.put("anthropicApiKey", "");
        assertThat(config().login().password()).isEmpty();
        assertThat(config().models().anthropicApiKey()).isEmpty();
    }

    @Test
    void amazonDcvIsBuiltOnlyFromAnArchiveAndAKeyThatItsOwnerNames() {
        texts.put("viewer", "dcv");
        assertThatThrownBy(this::config)
                .hasMessageContaining("dcvArchiveSha256: \"\" is not 64 hexadecimal digits")
                .hasMessageContaining("Write the SHA-256 of nice-dcv-2024.0-17979-ubuntu2204-aarch64.tgz");
        texts.put("cpuArchitecture", "X86_64");
        assertThatThrownBy(this::config)
                .hasMessageContaining("Write the SHA-256 of nice-dcv-2024.0-17979-ubuntu2204-x86_64.tgz");
        texts.put("dcvArchiveSha256", "a".repeat(64));
        assertThatThrownBy(this::config).hasMessageContaining("dcvKeyFingerprint: \"\" is not 40 hexadecimal digits");
        texts.put("dcvKeyFingerprint", "B".repeat(40));
        assertThat(config().desktop().dcvSource())
                .contains(new DcvSource(CpuArchitecture.X86_64, "a".repeat(64), "B".repeat(40)));
        texts.put("viewer", "novnc");
        assertThat(config().desktop().dcvSource()).isEmpty();
    }

    @Test
    void theAnthropicApiAcceptsAnyModel() {
        texts.put("defaultProvider", "anthropic");
        texts.put("defaultModel", "claude-opus-5-5");
        assertThat(config().models().defaultModel()).isEqualTo("claude-opus-5-5");
    }

    @Test
    void theAnthropicApiIsAProviderOnlyIfTheAgentMayUseIt() {
        assertThat(config().models().providers()).containsExactly(ModelProvider.BEDROCK);
        texts.put("anthropicApiKey", "sk-ant-0123456789");
        assertThat(config().models().providers()).containsExactly(ModelProvider.BEDROCK, ModelProvider.ANTHROPIC);
    }

    @Test
    void aModelWithAWildcardIsRefused() {
        lists.put("bedrockModels", List.of("us.anthropic.claude-sonnet-5-5", "anthropic.*"));
        assertThatThrownBy(this::config).hasMessageContaining("bedrockModels: \"anthropic.*\"");
    }

    @Test
    void theDefaultModelIsRefusedInEuropeAndTheMessageSuggestsEuropesProfiles() {
        given.region = "eu-central-1";
        assertThatThrownBy(this::config)
                .hasMessageContaining("is an inference profile that Bedrock does not offer in eu-central-1. Write"
                        + " eu.anthropic.claude-sonnet-5-5 or global.anthropic.claude-sonnet-5-5, or set aws:region to one"
                        + " of us-east-1, ");
        lists.put("bedrockModels", List.of("eu.anthropic.claude-sonnet-5-5"));
        texts.put("defaultModel", "eu.anthropic.claude-sonnet-5-5");
        assertThat(config().models().defaultModel()).isEqualTo("eu.anthropic.claude-sonnet-5-5");
    }

    @Test
    void aModelOfAnotherGeographyIsRefusedEvenIfItIsNotTheDefault() {
        lists.put("bedrockModels", List.of("us.anthropic.claude-sonnet-5-5", "eu.anthropic.claude-opus-5-5"));
        assertThatThrownBy(this::config)
                .hasMessageContaining("bedrockModels: \"eu.anthropic.claude-opus-5-5\"")
                .message()
                .doesNotContain("sonnet", "defaultModel");
    }
}
