"""Which isolation tasks get here, and what runs their containers: asked for, or what this machine can."""

from __future__ import annotations

from dataclasses import dataclass

from runner.network import namespace
from runner.tasks import docker, plain
from runner.tasks.docker_cli import Docker

_NOT_ASKED_FOR = "It was not asked for."


class CannotRun(Exception):
    """What was asked for cannot be had here; the message says why, and what can be done."""


@dataclass(frozen=True)
class Found:
    """Why this machine lacks each way, as a sentence; None where it has it."""

    namespaces: str | None
    docker: str | None
    processes: str | None


@dataclass(frozen=True)
class Choice:
    """`docker` and `processes` are None when containers may be run so, and why not otherwise. With both,
    Docker comes first. `fallback` says why tasks get no namespaces although they were not declined."""

    namespaces: bool
    docker: str | None
    processes: str | None
    fallback: str | None

    @property
    def isolation(self) -> str:
        return "namespaces" if self.namespaces else "none"

    @property
    def not_enforced(self) -> list[str]:
        """What a person must be told, in sentences."""
        if self.namespaces:
            return []
        said = [self.fallback] if self.fallback else []
        if self.docker is None:
            said.append(docker.NOT_ENFORCED)
        return [*said, *(plain.NOT_ENFORCED if self.processes is None else ())]


def choose(isolation: str, containers: str, found: Found) -> Choice:
    """`isolation` is auto, namespaces or none; `containers` auto, docker or processes. Raises `CannotRun`."""
    if isolation == "namespaces" and found.namespaces:
        raise CannotRun(f"--isolation namespaces: {found.namespaces} Without: --isolation none")
    namespaces = isolation != "none" and found.namespaces is None
    no_docker = _NOT_ASKED_FOR if containers == "processes" else found.docker
    # In namespaces they do not depend on what plain processes need.
    no_processes = _NOT_ASKED_FOR if containers == "docker" else None if namespaces else found.processes
    if no_docker and no_processes:
        raise CannotRun(f"--containers {containers}: {_reasons(containers, no_docker, no_processes)}")
    fallback = found.namespaces if isolation == "auto" and not namespaces else None
    return Choice(namespaces, no_docker, no_processes, fallback)


def _reasons(containers: str, no_docker: str, no_processes: str) -> str:
    if containers == "docker":
        return no_docker
    return no_processes if containers == "processes" else f"{no_docker} {no_processes}"


def try_out(isolation: str, containers: str) -> Found:
    """What this machine has of what was asked for."""
    return Found(
        _NOT_ASKED_FOR if isolation == "none" else namespace.available(),
        _NOT_ASKED_FOR if containers == "processes" else Docker().unavailable(),
        plain.unavailable(),
    )
