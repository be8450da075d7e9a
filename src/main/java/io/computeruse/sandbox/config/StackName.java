package io.computeruse.sandbox.config;

import java.util.regex.Pattern;

/**
 * The stack's name, which is part of the names of its ECS cluster, task definitions, log groups, roles and secrets. An instance is
 * short enough for each of them, and has only characters that all of them allow.
 *
 * @param name for instance {@code dev}
 */
public record StackName(String name) {
    /** What messages call it, since it has no configuration key. */
    public static final String KEY = "stack name";

    /** Pulumi's own limit, which leaves room for what each name adds. */
    public static final int LONGEST = 100;

    private static final int SUGGESTED = 20;

    /** The characters of an ECS cluster's name: of all the names that contain the stack's, it allows the fewest. */
    private static final Pattern CLUSTER_CHARACTERS = Pattern.compile("[A-Za-z0-9_-]+");

    /** @throws InvalidSettingException if AWS would refuse a name built from it */
    public StackName {
        if (name.length() > LONGEST) {
            throw new InvalidSettingException(
                    KEY, name, "is longer than %d characters".formatted(LONGEST), rename(fitting(name)));
        }
        if (!CLUSTER_CHARACTERS.matcher(name).matches()) {
            throw new InvalidSettingException(
                    KEY,
                    name,
                    "is not made of letters, digits, hyphens and underscores, as the name of an ECS cluster has to be",
                    rename(fitting(name)));
        }
    }

    /** The nearest valid name: without organisation and project, and with hyphens instead of what is not allowed. */
    private static String fitting(String name) {
        var stack = name.substring(name.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_-]+", "-");
        return stack.isEmpty() ? "dev" : stack.substring(0, Math.min(stack.length(), SUGGESTED));
    }

    private static String rename(String to) {
        return "Name the stack " + to + ": pulumi stack rename " + to;
    }

    @Override
    public String toString() {
        return name;
    }
}
