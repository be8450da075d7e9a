package io.computeruse.sandbox.service;

/** Whether a container can write outside its volumes. */
public enum RootFileSystem {
    READ_ONLY,
    WRITABLE
}
