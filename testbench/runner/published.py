"""Where tasks really listen when no packet reaches their addresses: ports of this machine's loopback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol, cast

from containers.engine import EngineError
from runner.network.forwarder import Target
from runner.tasks.backend import Backend, Container, Launch

LOOPBACK = IPv4Address("127.0.0.1")


class PublishedPorts:
    """By a task's address and its container's port, so that two tasks of a service are never taken for each
    other. Usable from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[IPv4Address | IPv6Address, str] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._ports: dict[str, Mapping[int, int]] = {}

    def add(self, task_id: str, address: IPv4Address, names: Sequence[str]) -> None:
        """A task that will start; `names` are those of its service in Cloud Map."""
        with self._lock:
            self._tasks[address] = task_id
            self._names[task_id] = tuple(names)

    def publish(self, task_id: str, ports: Mapping[int, int]) -> None:
        """It listens; `ports` maps its container's ports to this machine's."""
        with self._lock:
            self._ports[task_id] = ports

    def remove(self, address: IPv4Address) -> None:
        with self._lock:
            task_id = self._tasks.pop(address)
            self._names.pop(task_id)
            self._ports.pop(task_id, None)

    def names(self, launch: Launch) -> Sequence[str]:
        with self._lock:
            return self._names.get(launch.task_id, ())

    def here(self, targets: Sequence[Target]) -> list[Target]:
        """The same on loopback, without those that no task listens on."""
        with self._lock:
            tasks = [self._tasks.get(one.address, "") for one in targets]
            ports = [
                self._ports.get(task, {}).get(one.port) for task, one in zip(tasks, targets, strict=True)
            ]
        return [Target(LOOPBACK, port) for port in ports if port is not None]


class _Published(Container, Protocol):
    def published(self, port: int) -> int: ...


class PublishingBackend:
    """A backend whose containers' ports are known by `ports` as soon as they have started."""

    def __init__(self, backend: Backend, ports: PublishedPorts) -> None:
        self._backend, self._ports = backend, ports

    def start(self, launch: Launch) -> Container:
        container = cast(_Published, self._backend.start(launch))
        found: dict[int, int] = {}
        for port in launch.container.ports:
            # One that has ended meanwhile has none; who runs it will see why.
            with contextlib.suppress(KeyError, EngineError):
                found[port] = container.published(port)
        self._ports.publish(launch.task_id, found)
        return container
