package io.computeruse.sandbox.logging;

import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;

/**
 * Names of the stack's log groups: in one place, since the key's policy has to name them before they exist.
 *
 * @param names those of the stack
 */
public record LogGroupNames(ResourceNames names) {
    private String named(String what) {
        return "/%s/%s/%s".formatted(ResourceNames.PROJECT, names.stack(), what);
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
    public static String containerInsights(String clusterName) {
        return "/aws/ecs/containerinsights/" + clusterName + "/performance";
    }

    /** IAM patterns that match exactly these groups. */
    public List<String> patterns() {
        return List.of(named("*"), containerInsights(names.clusterPattern()));
    }
}
