package io.computeruse.sandbox.config;

import java.util.List;
import java.util.Optional;

/** The stack's name, region and raw settings, as the engine hands them over: every value a string, lists of strings apart. */
public interface Settings {
    /** Name of the stack, which is part of the names of what it makes. */
    String stackName();

    /** The AWS region that the stack is deployed to. */
    String region();

    /** The value of a key, or empty if the stack and the project's defaults have none. */
    Optional<String> text(String key);

    /**
     * The items of a list, or empty if there is no such key.
     *
     * @throws InvalidSettingException if the value is no list of strings
     */
    Optional<List<String>> list(String key);
}
