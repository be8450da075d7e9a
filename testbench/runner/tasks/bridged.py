"""Docker where there are no namespaces: for containers that need nothing of this machine's loopback."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from runner.ecs.definition import ContainerDefinition
from runner.tasks.backend import Launch
from runner.tasks.docker import DockerBackend
from runner.tasks.docker_container import DockerContainer


class BridgedDocker:
    """Docker's backend, which also refuses a container whose variables in `overrides` lead to loopback: on a
    bridge of Docker's that is the container itself. `overrides` holds variables by container."""

    def __init__(self, docker: DockerBackend, overrides: Mapping[str, Mapping[str, str]]) -> None:
        self._docker, self._overrides = docker, overrides

    def refusal(self, container: ContainerDefinition) -> str | None:
        for name, value in self._overrides.get(container.name, {}).items():
            if urlsplit(value).hostname in ("127.0.0.1", "localhost"):
                return f"{name} is {value}, which no container on a bridge of Docker's reaches"
        return self._docker.refusal(container)

    def start(self, launch: Launch) -> DockerContainer:
        return self._docker.start(launch)

    def remove_leftovers(self) -> int:
        return self._docker.remove_leftovers()

    def close(self) -> None:
        self._docker.close()
