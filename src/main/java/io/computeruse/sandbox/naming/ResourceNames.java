package io.computeruse.sandbox.naming;

import io.computeruse.sandbox.config.StackName;

/**
 * The names in AWS that contain the stack's name. So two stacks in one account never claim the same name, and a deployer's
 * policy can be limited to one stack's names.
 *
 * @param stack the stack's name, short enough for each of these names
 */
public record ResourceNames(StackName stack) {
    /** The beginning of every name, in every stack. */
    public static final String PROJECT = "computer-use-sandbox";

    private static final int KEY_DIGITS = 8;

    /**
     * The ECS cluster. Its name contains the first digits of the key's id, so that no two deployments have a cluster of the same
     * name, not even two of the same stack. Container Insights may write once more after a destroy, and then ECS creates its log
     * group again, unencrypted. If the next deployment's cluster had the same name, it could not create that group itself.
     *
     * @param keyId id of the stack's KMS key, a UUID
     */
    public String cluster(String keyId) {
        return "%s-%s-%s".formatted(PROJECT, stack, keyId.substring(0, KEY_DIGITS));
    }

    /** An IAM pattern for the names of this stack's clusters and no other's; {@code ?} stands for one character. */
    public String clusterPattern() {
        return "%s-%s-%s".formatted(PROJECT, stack, "?".repeat(KEY_DIGITS));
    }

    /** Family of the task definitions of one service. */
    public String taskFamily(String service) {
        return "%s-%s-%s".formatted(PROJECT, stack, service);
    }
}
