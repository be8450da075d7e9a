package io.computeruse.sandbox.config;

/**
 * The path under which IAM files a stack's roles and Secrets Manager its secrets. A deployer's policy can name everything below
 * it, which it could not do with the random names that Pulumi gives.
 *
 * @param stack the stack's name
 */
public record StackPath(StackName stack) {
    /** As IAM wants a path: with a slash at both ends. */
    public String iamPath() {
        return "/" + secretPrefix();
    }

    /** What begins the name of each secret. */
    public String secretPrefix() {
        return "computer-use-sandbox/" + stack + "/";
    }
}
