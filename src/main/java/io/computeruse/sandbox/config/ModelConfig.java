package io.computeruse.sandbox.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a stack can choose about Claude.
 *
 * @param anthropicApiKey key for the Anthropic API; empty: only Bedrock is used, or a person enters a key at the console
 * @param bedrockModels the models that IAM lets the agent invoke
 * @param defaultProvider where the agent reaches Claude unless a person chooses otherwise
 * @param defaultModel the model that it uses unless a person chooses otherwise
 */
public record ModelConfig(
        Optional<String> anthropicApiKey,
        List<BedrockModel> bedrockModels,
        ModelProvider defaultProvider,
        String defaultModel) {

    private static final String DEFAULT_MODEL_KEY = "defaultModel";
    private static final String DEFAULT_BEDROCK_MODEL = "us.anthropic.claude-sonnet-5-5";

    /** @param region where Bedrock has to offer the models */
    static ModelConfig read(SettingsReader read, String region) {
        var apiKey = read.value("anthropicApiKey", Optional.<String>empty(), ModelConfig::apiKey);
        var models = read.list(BedrockModel.KEY, List.of(DEFAULT_BEDROCK_MODEL), BedrockModel::new);
        var provider = read.value(ModelProvider.KEY, ModelProvider.BEDROCK, ModelProvider::parse);
        var model = read.value(DEFAULT_MODEL_KEY, DEFAULT_BEDROCK_MODEL, ModelConfig::modelId);
        models.forEach(m -> read.check(() -> m.requireCallableFrom(region, BedrockModel.KEY)));
        if (provider == ModelProvider.BEDROCK && model != null) {
            read.check(() -> requireInvocable(model, models, region));
        }
        return new ModelConfig(apiKey, List.copyOf(models), provider, model);
    }

    /** Where the agent may reach Claude, which decides what names the tasks need. */
    public Set<ModelProvider> providers() {
        var providers = EnumSet.noneOf(ModelProvider.class);
        if (!bedrockModels.isEmpty()) {
            providers.add(ModelProvider.BEDROCK);
        }
        if (anthropicApiKey.isPresent() || defaultProvider == ModelProvider.ANTHROPIC) {
            providers.add(ModelProvider.ANTHROPIC);
        }
        return providers;
    }

    /** The message never contains the value. */
    private static Optional<String> apiKey(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!SettingsReader.isVisibleAscii(text)) {
            throw new InvalidSettingException(
                    "anthropicApiKey",
                    InvalidSettingException.HIDDEN,
                    "has blanks, control or non-ASCII characters",
                    "Set the key alone: pulumi config set --secret anthropicApiKey");
        }
        return Optional.of(text);
    }

    private static String modelId(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}")) {
            throw new InvalidSettingException(
                    DEFAULT_MODEL_KEY, text, "is not a model id", "Write an id such as " + DEFAULT_BEDROCK_MODEL);
        }
        return text;
    }

    /** Checked here because otherwise IAM or Bedrock would refuse the first message of the first task. */
    private static void requireInvocable(String model, List<BedrockModel> models, String region) {
        models.stream()
                .filter(m -> m.id().equals(model))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        DEFAULT_MODEL_KEY,
                        model,
                        "is not among " + BedrockModel.KEY + ", so the agent could not invoke it",
                        "Add it to " + BedrockModel.KEY + " or set " + ModelProvider.KEY + " to anthropic"))
                .requireCallableFrom(region, DEFAULT_MODEL_KEY);
    }
}
