package io.computeruse.sandbox.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of a stack that a test makes up; what it leaves out has its default. */
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
