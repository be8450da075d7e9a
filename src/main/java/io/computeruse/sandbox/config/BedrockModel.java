package io.computeruse.sandbox.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A model on Amazon Bedrock that the agent may invoke, directly or through a cross-region inference profile.
 *
 * @param id a foundation model such as {@code anthropic.claude-opus-5-5}, or an inference profile such as
 *     {@code us.anthropic.claude-opus-5-5}
 */
public record BedrockModel(String id) {
    public static final String KEY = "bedrockModels";

    private static final Pattern MODEL = Pattern.compile("[a-z0-9-]+\\.[a-z0-9][a-z0-9.-]*(:[0-9a-z]+)*");

    /** A model id begins with the vendor, so anything before Anthropic's name is a geography that the table does not have. */
    private static final Pattern UNKNOWN_GEOGRAPHY = Pattern.compile("[a-z0-9-]+\\.anthropic\\..*");

    /** @throws InvalidSettingException if the id has wildcards, or is neither a model's nor a profile's */
    public BedrockModel {
        var model = withoutGeography(id);
        if (!MODEL.matcher(model).matches() || UNKNOWN_GEOGRAPHY.matcher(model).matches()) {
            throw new InvalidSettingException(
                    KEY,
                    id,
                    "is not a Bedrock model or inference profile id",
                    "Write an id such as anthropic.claude-opus-5-5 or, for an inference profile, one that begins with "
                            + BedrockGeography.ALL.stream()
                                    .map(g -> g.prefix() + ".")
                                    .collect(Collectors.joining(", ")));
        }
    }

    private static String withoutGeography(String id) {
        return BedrockGeography.of(id)
                .map(g -> id.substring(g.prefix().length() + 1))
                .orElse(id);
    }

    /**
     * Makes sure that Bedrock offers the model in a region. An inference profile can be called in the regions of its geography
     * only; elsewhere Bedrock would refuse the agent's first message.
     *
     * @param key the setting that names the model
     * @throws InvalidSettingException if AWS does not offer the profile in the region; the message names those that it offers
     */
    void requireCallableFrom(String region, String key) {
        var geography = BedrockGeography.of(id);
        if (geography.isEmpty() || geography.get().sourceRegions().contains(region)) {
            return;
        }
        var profiles = BedrockGeography.callableFrom(region).stream()
                .map(g -> g.prefix() + "." + withoutGeography(id))
                .collect(Collectors.joining(" or "));
        var regions = String.join(", ", geography.get().sourceRegions());
        throw new InvalidSettingException(
                key,
                id,
                "is an inference profile that Bedrock does not offer in " + region,
                profiles.isEmpty()
                        ? "Bedrock has no inference profiles there that this program knows. Write a foundation model, or"
                                + " set aws:region to one of " + regions
                        : "Write %s, or set aws:region to one of %s".formatted(profiles, regions));
    }

    /** ARN of the inference profile; empty if this is a foundation model. */
    public Optional<String> profileArn(AwsLocation aws) {
        return BedrockGeography.of(id).map(g -> "arn:%s:bedrock:%s:%s:inference-profile/%s"
                .formatted(aws.partition(), aws.region(), aws.accountId(), id));
    }

    /** ARNs of the foundation model in every region that may serve a request. */
    public List<String> foundationModelArns(AwsLocation aws) {
        return BedrockGeography.of(id).map(g -> g.servingRegions(aws.region())).orElse(List.of(aws.region())).stream()
                .map(region -> "arn:%s:bedrock:%s::foundation-model/%s"
                        .formatted(aws.partition(), region, withoutGeography(id)))
                .toList();
    }

    @Override
    public String toString() {
        return id;
    }
}
