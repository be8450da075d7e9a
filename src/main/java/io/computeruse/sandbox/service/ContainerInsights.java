package io.computeruse.sandbox.service;

/** How much CloudWatch Container Insights measures in a cluster (Amazon ECS API, {@code ClusterSetting}). */
enum ContainerInsights {
    /** Every task and container; the other values are less. */
    ENHANCED("enhanced");

    /** Name of the cluster's setting. */
    static final String SETTING = "containerInsights";

    private final String value;

    ContainerInsights(String value) {
        this.value = value;
    }

    String value() {
        return value;
    }
}
