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

    /** The ECS cluster. */
    public String cluster() {
        return PROJECT + "-" + stack;
    }

    /** The task definitions of one service. */
    public String taskFamily(String service) {
        return cluster() + "-" + service;
    }
}
