package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BedrockModelTest {
    private static final AwsLocation AWS = new AwsLocation("aws", "us-west-2", "123456789012");

    @Test
    void aFoundationModelIsInvokedInItsOwnRegion() {
        var model = new BedrockModel("anthropic.claude-opus-5-5-v1:0");
        assertThat(model.profileArn(AWS)).isEmpty();
        assertThat(model.foundationModelArns(AWS))
                .containsExactly("arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5-v1:0");
    }

    @Test
    void anInferenceProfileNamesItselfAndTheModelInEveryRegionThatMayServeIt() {
        var model = new BedrockModel("us.anthropic.claude-opus-5-5");
        assertThat(model.profileArn(AWS))
                .contains("arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-opus-5-5");
        assertThat(model.foundationModelArns(AWS))
                .containsExactlyInAnyOrder(
                        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:us-west-1::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5");
    }

    @Test
    void theGovernmentGeographyIsNotReadAsTheUnitedStates() {
        var model = new BedrockModel("us-gov.anthropic.claude-opus-5-5");
        assertThat(model.foundationModelArns(new AwsLocation("aws-us-gov", "us-gov-west-1", "123456789012")))
                .containsExactlyInAnyOrder(
                        "arn:aws-us-gov:bedrock:us-gov-east-1::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-opus-5-5");
    }

    /** Bedrock serves a request sent to a Canadian region in the United States or in that region. */
    @Test
    void theRegionThatARequestIsSentToMayServeItToo() {
        var canada = new AwsLocation("aws", "ca-central-1", "123456789012");
        assertThat(new BedrockModel("us.anthropic.claude-opus-5-5").foundationModelArns(canada))
                .contains("arn:aws:bedrock:ca-central-1::foundation-model/anthropic.claude-opus-5-5")
                .contains("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5");
    }

    /** AWS's own policy for global profiles names a resource without a region. */
    @Test
    void aGlobalProfileNamesTheRegionAndTheResourceOfGlobalRouting() {
        assertThat(new BedrockModel("global.anthropic.claude-opus-5-5").foundationModelArns(AWS))
                .containsExactly(
                        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:::foundation-model/anthropic.claude-opus-5-5");
    }

    /** Source regions of the Amazon Bedrock User Guide, "Supported Regions and models for inference profiles". */
    @ParameterizedTest
    @CsvSource({
        "us, us-west-1", "us, ca-central-1", "us-gov, us-gov-east-1", "eu, eu-west-2", "eu, il-central-1",
        "apac, ap-southeast-3", "apac, me-central-1", "au, ap-southeast-4", "jp, ap-northeast-3", "ca, ca-west-1",
        "global, sa-east-1", "global, eu-central-2"
    })
    void aProfileIsAcceptedWhereAwsOffersIt(String prefix, String region) {
        assertThatCode(() -> new BedrockModel(prefix + ".anthropic.claude-opus-5-5")
                        .requireCallableFrom(region, "defaultModel"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "us, eu-central-1, eu.", "us, us-gov-west-1, us-gov.", "us-gov, us-west-2, us.", "eu, us-east-1, us.",
        "apac, us-west-2, us.", "au, ap-southeast-1, apac.", "jp, ap-southeast-2, au.", "ca, us-east-1, us.",
        "us, ap-northeast-1, jp.", "eu, sa-east-1, global.", "global, us-gov-west-1, us-gov.",
                "global, cn-north-1, aws:region"
    })
    void aProfileOfAnotherGeographyIsRefusedWithKeyValueAndFix(String prefix, String region, String fix) {
        var id = prefix + ".anthropic.claude-opus-5-5";
        assertThatThrownBy(() -> new BedrockModel(id).requireCallableFrom(region, "defaultModel"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("defaultModel: \"" + id + "\"")
                .hasMessageContaining("does not offer in " + region)
                .message()
                .containsPattern("Write .*" + fix.replace(".", "\\."));
    }

    @Test
    void aFoundationModelBelongsToNoGeography() {
        assertThatCode(() -> new BedrockModel("anthropic.claude-opus-5-5")
                        .requireCallableFrom("eu-central-1", BedrockModel.KEY))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sa.anthropic.claude-opus-5-5", "uk.anthropic.claude-opus-5-5", "us.us.anthropic.claude-opus-5-5"
            })
    void aGeographyThatAwsDoesNotHaveIsRefused(String id) {
        assertThatThrownBy(() -> new BedrockModel(id))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("bedrockModels: \"" + id + "\"")
                .hasMessageContaining("us-gov., ca., us., eu., jp., au., apac., global.");
    }
}
