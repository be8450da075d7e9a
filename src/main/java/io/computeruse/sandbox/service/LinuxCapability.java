package io.computeruse.sandbox.service;

/**
 * A Linux capability that Docker gives a container which asks for nothing (moby, {@code oci/caps/defaults.go}). Fargate can take
 * these away, and adds no other than {@code SYS_PTRACE}, which nothing here needs.
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
