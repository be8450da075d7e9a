package io.computeruse.sandbox.naming;

import io.computeruse.sandbox.config.StackName;

/**
 * The names that hold the stack's, so that two stacks of one account never meet and a deployer's policy can be limited to them.
 *
 * @param stack short enough for each of these names
 */
public record ResourceNames(StackName stack) {
    /** What everything of this project is called, in every stack. */
    public static final String PROJECT = "computer-use-sandbox";

    private static final int KEY_DIGITS = 8;

    /**
     * The ECS cluster, with the first digits of the stack's key, so that no two deployments have a cluster of the same name, not
     * even of the same stack. Container Insights may write once more after a destroy and make its log group anew, unencrypted;
     * with the same name the next deployment would find that group and could not make its own.
     *
     * @param keyId of the stack's KMS key, a UUID
     */
    public String cluster(String keyId) {
        return "%s-%s-%s".formatted(PROJECT, stack, keyId.substring(0, KEY_DIGITS));
    }

    /** What matches the names of the stack's clusters and of no other stack's; {@code ?} is IAM's wildcard for one character. */
    public String clusterPattern() {
        return "%s-%s-%s".formatted(PROJECT, stack, "?".repeat(KEY_DIGITS));
    }

    /** The task definitions of one service. */
    public String taskFamily(String service) {
        return "%s-%s-%s".formatted(PROJECT, stack, service);
    }
}
