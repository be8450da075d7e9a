package io.computeruse.sandbox.config;

import java.util.regex.Pattern;

/**
 * The path that the names of a stack's roles and secrets begin with. A deployer's policy can be limited to everything below it;
 * to the random names that Pulumi generates it could not.
 *
 * @param stack the stack's name
 */
public record StackPath(StackName stack) {
    /** Secrets Manager API, {@code CreateSecret}: at most 512 characters, of which the provider adds 26. */
    private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9/_+=.@-]{1,486}");

    /** In IAM's form: with a slash at both ends. */
    public String iamPath() {
        return "/" + folder();
    }

    /**
     * The beginning of a secret's name. The provider appends a number, so that a new secret never has the name of one that is
     * being deleted.
     *
     * @param name the secret's name in the program
     * @throws IllegalArgumentException if Secrets Manager would refuse the name
     */
    public String secretPrefix(String name) {
        var prefix = folder() + name + "-";
        if (!SECRET_NAME.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" cannot begin a secret's name: Secrets Manager takes letters, digits and /_+=.@-"
                            .formatted(prefix));
        }
        return prefix;
    }

    private String folder() {
        return "computer-use-sandbox/" + stack + "/";
    }
}
