"""Podman with a storage of its own below `.local/containers`, so that nothing of a person's own is touched.

The settings fit an ordinary machine and one that is a container or small virtual machine itself: runc,
because crun does not know hybrid cgroups; cgroups by file system, because there may be no systemd; builds in
a chroot, because a build's own network may not be had.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# The longest single operation: building an image with everything to download.
_SECONDS = 1800.0
_CONTAINERS_CONF = """\
[containers]
base_hosts_file = "none"

[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
tmp_dir = "{run}/tmp"
volume_path = "{folder}/volumes"
static_dir = "{folder}/static"
"""
_STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{run}/storage"
"""


class EngineError(Exception):
    """Podman refused something; the message has its words."""


class Engine:
    """Runs podman's verbs. `folder` holds images and settings, and may be removed when nothing runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # State of running containers must not outlive the machine's run, and paths of sockets must be short.
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        self.run_folder = Path("/run/computer-use-sandbox", name)
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in (("containers.conf", _CONTAINERS_CONF), ("storage.conf", _STORAGE_CONF)):
            content = text.format(folder=folder, run=self.run_folder)
            (folder / file).write_text(content, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """The variables that make podman use this folder."""
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "BUILDAH_ISOLATION": "chroot",
        }

    def run(self, *arguments: str, variables: Mapping[str, str] | None = None, check: bool = True) -> str:
        """What podman printed; `variables` are added to its environment. Raises `EngineError`."""
        ended = self.process(*arguments, variables=variables)
        if check and ended.returncode != 0:
            raise EngineError(f"podman {arguments[0]}: {ended.stdout.strip()[-3000:]}")
        return ended.stdout.strip()

    def process(
        self, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The ended command; its output and errors are in `stdout`."""
        return subprocess.run(
            ["podman", *arguments],
            env={**self.environment(), **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def has(self, image: str) -> bool:
        return self.process("image", "exists", image).returncode == 0


def limits() -> Sequence[str]:
    """Limits of open files and processes that may be set here: nobody gets more than this process has itself,
    and podman's own wish is higher. 4096 processes are what a container of a desktop with a browser needs."""
    wanted = {"nofile": (resource.RLIMIT_NOFILE, 65535), "nproc": (resource.RLIMIT_NPROC, 4096)}
    return [
        f"--ulimit={name}={value}:{value}"
        for name, (kind, most) in wanted.items()
        for value in [_at_most(resource.getrlimit(kind)[1], most)]
    ]


def _at_most(own: int, most: int) -> int:
    return most if own == resource.RLIM_INFINITY else min(own, most)
