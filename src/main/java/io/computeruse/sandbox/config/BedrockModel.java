package io.computeruse.sandbox.config;

import java.util.Arrays;
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

    /**
     * The geographies of cross-region inference and the regions that a request may be served in, as IAM patterns. A pattern is
     * wider than AWS's list of the day; the condition on the profile's ARN is what limits it.
     */
    private enum Geography {
        US("us.", List.of("us-east-1", "us-east-2", "us-west-2")),
        US_GOV("us-gov.", List.of("us-gov-*")),
        EU("eu.", List.of("eu-*")),
        APAC("apac.", List.of("ap-*")),
        JP("jp.", List.of("ap-northeast-*")),
        AU("au.", List.of("ap-southeast-*")),
        // The empty region is how AWS writes the global routing's own resource.
        GLOBAL("global.", List.of("", "*"));

        private final String prefix;
        private final List<String> regions;

        Geography(String prefix, List<String> regions) {
            this.prefix = prefix;
            this.regions = regions;
        }
    }

    /** @throws InvalidSettingException if the id has wildcards or is no model or profile id */
    public BedrockModel {
        var model = withoutGeography(id);
        if (!MODEL.matcher(model).matches()) {
            throw new InvalidSettingException(
                    KEY,
                    id,
                    "is not a Bedrock model or inference profile id",
                    "Write an id such as anthropic.claude-opus-5-5 or, for an inference profile, one that begins with "
                            + Arrays.stream(Geography.values())
                                    .map(g -> g.prefix)
                                    .collect(Collectors.joining(", ")));
        }
    }

    private static Optional<Geography> geography(String id) {
        return Arrays.stream(Geography.values())
                .filter(g -> id.startsWith(g.prefix))
                .findFirst();
    }

    private static String withoutGeography(String id) {
        return geography(id).map(g -> id.substring(g.prefix.length())).orElse(id);
    }

    /** The inference profile's ARN, if this is one. */
    public Optional<String> profileArn(AwsEnvironment aws) {
        return geography(id).map(g -> "arn:%s:bedrock:%s:%s:inference-profile/%s"
                .formatted(aws.partition(), aws.region(), aws.accountId(), id));
    }

    /** The ARNs of the foundation model in every region that may serve it. */
    public List<String> foundationModelArns(AwsEnvironment aws) {
        return geography(id).map(g -> g.regions).orElse(List.of(aws.region())).stream()
                .map(region -> "arn:%s:bedrock:%s::foundation-model/%s"
                        .formatted(aws.partition(), region, withoutGeography(id)))
                .toList();
    }

    @Override
    public String toString() {
        return id;
    }
}
