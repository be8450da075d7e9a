package io.computeruse.sandbox.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings that a test chooses. Those that it does not choose are not set, so they have their defaults. */
public final class GivenSettings implements Settings {
    public final Map<String, String> texts = new HashMap<>();
    public final Map<String, List<String>> lists = new HashMap<>();
    public String stackName = "dev";
    public String region = "us-west-2";

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
        return Optional.ofNullable(texts.get(key));
    }

    @Override
    public Optional<List<String>> list(String key) {
        return Optional.ofNullable(lists.get(key));
    }
}
