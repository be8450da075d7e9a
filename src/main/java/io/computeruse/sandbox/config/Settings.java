package io.computeruse.sandbox.config;

import java.util.List;
import java.util.Optional;

/** The stack's name, region and unchecked settings. The engine passes every value as a string, except lists of strings. */
public interface Settings {
    /** Name of the stack, which is part of the names of its resources. */
    String stackName();

    /** The AWS region that the stack is deployed to. */
    String region();

    /** The value of a key; empty if neither the stack nor the project's defaults have one. */
    Optional<String> text(String key);

    /**
     * The items of a list; empty if there is no such key.
     *
     * @throws InvalidSettingException if the value is not a list of strings
     */
    Optional<List<String>> list(String key);
}
