package io.computeruse.sandbox.service;

/**
 * A Linux capability that a container has by default (moby, {@code oci/caps/defaults.go}). Fargate can drop these, and can add
 * none but {@code SYS_PTRACE}, which nothing here needs.
 */
public enum LinuxCapability {
    AUDIT_WRITE,
    CHOWN,
    DAC_OVERRIDE,
    FOWNER,
    FSETID,
    KILL,
    MKNOD,
    NET_BIND_SERVICE,
    NET_RAW,
    SETFCAP,
    SETGID,
    SETPCAP,
    SETUID,
    SYS_CHROOT
}
