package io.computeruse.sandbox.logging;

import io.computeruse.sandbox.naming.ResourceNames;
import java.util.List;

/**
 * Names of the stack's log groups. They are fixed in advance because the key's policy has to name the groups before they exist.
 *
 * @param names the stack's resource names
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
     * The group that Container Insights writes to. Unless it exists, ECS creates it, unencrypted and without an end of retention.
     */
    public static String containerInsights(String clusterName) {
        return "/aws/ecs/containerinsights/" + clusterName + "/performance";
    }

    /** IAM patterns that match these groups and no other stack's. */
    public List<String> patterns() {
        return List.of(named("*"), containerInsights(names.clusterPattern()));
    }
}
