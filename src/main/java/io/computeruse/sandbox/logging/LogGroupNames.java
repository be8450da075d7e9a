package io.computeruse.sandbox.logging;

import java.util.List;

/**
 * Names of the stack's log groups: in one place, since the key's policy has to name them before they exist.
 *
 * @param stack the stack's name
 */
public record LogGroupNames(String stack) {
    private String named(String what) {
        return "/computer-use-sandbox/" + stack + "/" + what;
    }

    /** Output of the two tasks' containers. */
    public String containers() {
        return named("containers");
    }

    /** Every flow of the VPC. */
    public String flows() {
        return named("flow-logs");
    }

    /** Every DNS query of the VPC. */
    public String dnsQueries() {
        return named("dns-queries");
    }

    /**
     * Where Container Insights writes. ECS makes this group itself, unencrypted and kept for ever, unless it is there first.
     */
    public String containerInsights(String clusterName) {
        return "/aws/ecs/containerinsights/" + clusterName + "/performance";
    }

    /** IAM patterns that match exactly these groups. */
    public List<String> patterns(String clusterName) {
        return List.of(named("*"), containerInsights(clusterName));
    }
}
