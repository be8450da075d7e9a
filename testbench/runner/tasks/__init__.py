"""How one container runs: in a root file system of its own, or by a Docker daemon."""
