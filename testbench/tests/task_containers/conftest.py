"""Real containers of a toy image, started as the runner starts a task's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runner.network.namespace import Namespace
from runner.tasks.engine import EngineBackend
from runner.tasks.engine_container import EngineContainer
from task_containers import toy
from task_containers.launches import container, launch
from task_containers.toy import Toy


@pytest.fixture(scope="session")
def machine() -> Iterator[Toy]:
    with toy.running() as running:
        yield running


@pytest.fixture
def backend(machine: Toy, tmp_path: Path) -> Iterator[EngineBackend]:
    made = EngineBackend(
        machine.engine, tmp_path, machine.registry, lambda one: [f"{one.task_id}.computer-use.local"]
    )
    with closing(made):
        yield made
    assert machine.everything() == ""


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    with closing(Namespace.create()) as made:
        yield made


class Start:
    """Starts containers of the image with some members of its definition, in the namespace."""

    def __init__(self, machine: Toy, backend: EngineBackend, namespace: Namespace, folder: Path) -> None:
        self._machine, self._backend, self._namespace, self._folder = machine, backend, namespace, folder
        self._started: list[EngineContainer] = []

    def __call__(
        self, script: str = "", environment: dict[str, str] | None = None, **members: Any
    ) -> EngineContainer:
        """`script` is the shell's; without one the container runs its definition's or the image's words."""
        words = {"command": [script]} if script else {}
        definition = container(self._machine.image, **{**words, **members})
        started = self._backend.start(launch(definition, self._folder, self._namespace, environment))
        self._started.append(started)
        return started

    def close(self) -> None:
        for one in self._started:
            one.remove()


@pytest.fixture
def start(machine: Toy, backend: EngineBackend, namespace: Namespace, tmp_path: Path) -> Iterator[Start]:
    with closing(Start(machine, backend, namespace, tmp_path)) as made:
        yield made


def said(started: EngineContainer) -> str:
    """All that a container prints; it has ended then."""
    return started.output.read().decode()


def until_ready(started: EngineContainer) -> None:
    """Read up to the line `ready`."""
    for line in started.output:
        if line == b"ready\n":
            return
    raise AssertionError("the container has ended")


def status(started: EngineContainer) -> int:
    """What a container ended with."""
    while (found := started.poll()) is None:
        pass
    return found
