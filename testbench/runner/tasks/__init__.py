"""How one container runs: an OCI engine, podman or docker, driven through its command line."""
