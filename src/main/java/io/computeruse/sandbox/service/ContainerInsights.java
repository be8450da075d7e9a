package io.computeruse.sandbox.service;

/** How much CloudWatch Container Insights measures in a cluster (Amazon ECS API, {@code ClusterSetting}). */
enum ContainerInsights {
    /** Measures every task and container; the other values measure less. */
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
