package io.computeruse.sandbox.config;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import com.pulumi.Config;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The settings of a real stack. */
public final class PulumiSettings implements Settings {
    private final Config config;
    private final String stackName;
    private final String region;

    /**
     * @param config the settings in the project's own namespace
     * @param region the region that the AWS provider uses
     */
    public PulumiSettings(Config config, String stackName, String region) {
        this.config = config;
        this.stackName = stackName;
        this.region = region;
    }

    @Override
    public String stackName() {
        return stackName;
    }

    @Override
    public String region() {
        return region;
    }

    @Override
    public Optional<String> text(String key) {
        return config.get(key);
    }

    /** Items that are not strings are refused: {@code pulumi config set --path 'key[0]' true} and YAML's {@code - no} store booleans. */
    @Override
    public Optional<List<String>> list(String key) {
        return config.get(key).map(json -> strings(key, json));
    }

    private static List<String> strings(String key, String json) {
        JsonElement element;
        try {
            element = JsonParser.parseString(json);
        } catch (JsonSyntaxException e) {
            throw notAList(key, json);
        }
        if (!(element instanceof JsonArray array)) {
            throw notAList(key, json);
        }
        return StreamSupport.stream(array.spliterator(), false)
                .map(item -> {
                    if (item.isJsonPrimitive() && item.getAsJsonPrimitive().isString()) {
                        return item.getAsString();
                    }
                    throw new InvalidSettingException(
                            key, item.toString(), "is not a string", "Put the item in quotes: \"example.com\"");
                })
                .toList();
    }

    private static InvalidSettingException notAList(String key, String value) {
        return new InvalidSettingException(
                key, value, "is not a list", "Write pulumi config set --path '%s[0]' VALUE".formatted(key));
    }
}
