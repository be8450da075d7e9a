"""Several ways to run a container: the first that can."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from runner.ecs.definition import ContainerDefinition
from runner.tasks.backend import Backend, CannotStart, Container, Launch
from runner.tasks.docker_cli import DockerError


@runtime_checkable
class _Leaves(Protocol):
    def remove_leftovers(self) -> object: ...


@runtime_checkable
class _Closes(Protocol):
    def close(self) -> None: ...


class FirstThatCan:
    """Asks the backends in their order, anew for each container: an image may have been built meanwhile."""

    def __init__(self, backends: Sequence[Backend]) -> None:
        self._backends = backends

    def refusal(self, container: ContainerDefinition) -> str | None:
        """Why none can, in one sentence."""
        refusals = [backend.refusal(container) for backend in self._backends]
        return None if None in refusals else "; and ".join(map(str, refusals))

    def start(self, launch: Launch) -> Container:
        refusals = []
        for backend in self._backends:
            refusal = backend.refusal(launch.container)
            if refusal is None:
                return backend.start(launch)
            refusals.append(refusal)
        raise CannotStart("; and ".join(refusals))

    def remove_leftovers(self) -> None:
        """What a killed runner has left. Failures are said, and the rest goes on."""
        for backend in self._backends:
            if isinstance(backend, _Leaves):
                _try(backend.remove_leftovers)

    def close(self) -> None:
        """When all tasks have ended. Failures are said."""
        for backend in self._backends:
            if isinstance(backend, _Closes):
                _try(backend.close)


def _try(action: Callable[[], object]) -> None:
    try:
        action()
    except DockerError as error:
        print(error, file=sys.stderr, flush=True)
