package io.computeruse.sandbox.service;

/** A version of Fargate for Linux that still accepts new services (Amazon ECS Developer Guide, "platform versions"). */
enum PlatformVersion {
    /** The first one that can read a single field of a JSON secret. */
    LINUX_1_4_0("1.4.0");

    private final String version;

    PlatformVersion(String version) {
        this.version = version;
    }

    String version() {
        return version;
    }
}
