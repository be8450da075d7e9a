"""What the runner asks of whatever runs a container."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace


class CannotStart(Exception):
    """The container can't be started; the message says why, for a person."""


@dataclass(frozen=True)
class Launch:
    """One container to start.

    `environment` is all that it gets: plain variables, secrets and the runner's own. `namespace` is the
    network that it lives in; None where namespaces are not available. `folder` is the task's own below
    `.local/`, already made; its volumes go to `folder/volumes/NAME`.
    """

    task_id: str
    container: ContainerDefinition
    environment: Mapping[str, str]
    namespace: Namespace | None
    name_server: ipaddress.IPv4Address | None
    folder: Path
    cpu_units: int  # 1024 to a vCPU
    memory_mib: int

    def volume(self, name: str) -> Path:
        return self.folder / "volumes" / name


class Container(Protocol):
    """A container that was started."""

    @property
    def output(self) -> BinaryIO:
        """Standard output and error, together; at its end when the container has ended."""

    def poll(self) -> int | None:
        """Exit status, 128 + the signal's number when one ended it; None while it runs."""

    def check_health(self, command: tuple[str, ...], timeout: float) -> tuple[int, str]:
        """Run the command inside, as the container's user. Its status (124 after the timeout) and output."""

    def stop(self, grace_seconds: float) -> None:
        """Ask it to end with the image's stop signal; kill it after the grace. Returns when it is gone."""

    def remove(self) -> None:
        """Give back everything that it held, once it has ended. The task's folder stays."""


class Backend(Protocol):
    """Starts containers."""

    def start(self, launch: Launch) -> Container:
        """Start it. Raises `CannotStart`."""
