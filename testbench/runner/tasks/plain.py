"""A container as plain processes of this machine, where it can have neither namespaces nor Docker.

    backend = PlainBackend(layouts, Path(".local/fargate"), renamed)
    container = backend.start(launch)
    container.published(8501)   # the port of 127.0.0.1 that stands for the container's

The image's entry point is started as its README says for a run without a container, with ports of loopback
that are free. Kept as in a container: variables, command, health check, stop signal, and that nothing
outlives the task (see `attend`). Where the runner is root, so are the user and its lack of capabilities, if
that user can reach the image's files; else the task runs as root, and that is said. The desktop is always
started as root, and gives that up itself. What is not kept: `NOT_ENFORCED`.
"""

from __future__ import annotations

import os
import shutil
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

from runner.ecs.definition import ContainerDefinition
from runner.tasks import layout
from runner.tasks.backend import CannotStart, Launch
from runner.tasks.layout import Layout
from runner.tasks.outside import IMAGES
from runner.tasks.plain_container import PlainContainer
from runner.tasks.plain_setup import PlainSetup, Renamed

NOT_ENFORCED = (
    "A task without a container is plain processes on this machine's loopback: security groups, network "
    "routes and the DNS firewall are not enforced, no DNS query is logged, and the task reaches whatever "
    "this machine reaches.",
    "It has no root file system of its own: it sees this machine's files with the rights of its user, a "
    "read-only root is not enforced, and its volumes lie elsewhere, as its variables say.",
    "Limits of its memory and CPU are not enforced; its user and capabilities are only where the runner is "
    "root. The desktop starts as root and gives that up itself; the console runs as root where its own user "
    "cannot enter the checkout.",
)
"""What a person must be told."""

# Every user may enter it, and its path is short: that of a Unix socket may have 107 bytes only (unix(7)).
_SCRATCH = Path("/tmp")


def unavailable() -> str | None:
    """Why no container can be started so, as a sentence for a person; None when some can."""
    if sys.platform != "linux":
        return "The images' programs are for Linux: outside a container they do not run here."
    return None


def remove_leftovers(folder: Path) -> None:
    """What a runner of this folder has left, when its tasks' attendants were killed too."""
    for left in _SCRATCH.glob(f"{_prefix(folder)}*"):
        shutil.rmtree(left, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f"computer-use-task-{zlib.crc32(str(folder.resolve()).encode()):08x}-"


class PlainBackend:
    """Starts containers by name, as the isolated backend. Usable from every thread.

    `folder` tells runners on one machine apart: what one leaves is found by it. `renamed` is given the
    definition's plain variables and puts addresses of loopback in the place of names that no resolver of this
    machine's knows.
    """

    def __init__(self, layouts: Mapping[str, Layout], folder: Path, renamed: Renamed) -> None:
        self._layouts, self._folder, self._renamed = layouts, folder, renamed

    def refusal(self, container: ContainerDefinition) -> str | None:
        if reason := unavailable():
            return reason
        if container.name in self._layouts and IMAGES[container.name].needs_root and os.geteuid() != 0:
            return (
                f"the image {container.name} keeps two users apart, which takes root outside a container: "
                "run this as root, or start a Docker daemon and build the images"
            )
        return layout.refusal(container.name, self._layouts)

    def remove_leftovers(self) -> None:
        """What an earlier runner of the folder has left."""
        remove_leftovers(self._folder)

    def start(self, launch: Launch) -> PlainContainer:
        image = self._layouts[launch.container.name]
        scratch = _SCRATCH / f"{_prefix(self._folder)}{launch.task_id[:8]}"
        try:
            return PlainContainer(PlainSetup.make(launch, image, scratch, self._renamed))
        except OSError as error:
            shutil.rmtree(scratch, ignore_errors=True)
            raise CannotStart(str(error)) from error
        except CannotStart:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
