package io.computeruse.sandbox.config;

import java.util.regex.Pattern;

/**
 * The path under which IAM files a stack's roles and Secrets Manager its secrets. A deployer's policy can name everything below
 * it, which it could not do with the random names that Pulumi gives.
 *
 * @param stack the stack's name
 */
public record StackPath(StackName stack) {
    /** Secrets Manager API, {@code CreateSecret}: at most 512 characters, of which the provider adds 26. */
    private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9/_+=.@-]{1,486}");

    /** As IAM wants a path: with a slash at both ends. */
    public String iamPath() {
        return "/" + folder();
    }

    /**
     * What begins the name of a secret; the provider adds a hexadecimal number, so that a new secret never has the name of one that
     * is being deleted.
     *
     * @param name what the secret is called in the program
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
