package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BedrockModelTest {
    private static final AwsEnvironment AWS = new AwsEnvironment("aws", "us-west-2", "123456789012");

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
                .containsExactly(
                        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-opus-5-5",
                        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5");
    }

    @Test
    void theGovernmentGeographyIsNotReadAsTheUnitedStates() {
        var model = new BedrockModel("us-gov.anthropic.claude-opus-5-5");
        assertThat(model.foundationModelArns(new AwsEnvironment("aws-us-gov", "us-gov-west-1", "123456789012")))
                .containsExactly("arn:aws-us-gov:bedrock:us-gov-*::foundation-model/anthropic.claude-opus-5-5");
    }
}
