"""Reads the Docker daemon's version and settings through the Docker CLI."""

import json
from dataclasses import dataclass
from typing import Any

from operate.programs import Answer, Version, ask
from operate.stack import Stack

PROCESSORS = {"aarch64": "arm64", "x86_64": "amd64"}


class DaemonFailure(Exception):
    """Docker does not answer; the message says why."""


@dataclass(frozen=True)
class Daemon:
    """The daemon that the Docker provider will build with."""

    version: str
    newest_api: Version
    oldest_api: Version
    system: str
    processor: str
    """The processor in Docker's terms: arm64 or amd64."""
    folder: str
    """The folder where the daemon keeps images. With Docker Desktop it is inside a virtual machine."""
    uses_containerd_store: bool


def look(stack: Stack) -> Daemon:
    """Ask the daemon. Raises DaemonFailure."""
    server = _json(docker(stack, "version", "--format", "{{json .}}")).get("Server") or {}
    info = _json(docker(stack, "info", "--format", "{{json .}}"))
    processor = str(server.get("Arch", ""))
    return Daemon(
        version=str(server.get("Version", "")),
        newest_api=_api(server.get("ApiVersion")),
        oldest_api=_api(server.get("MinAPIVersion")),
        system=str(server.get("Os", "")),
        processor=PROCESSORS.get(processor, processor),
        folder=str(info.get("DockerRootDir", "")),
        uses_containerd_store=any(
            "containerd.snapshotter" in str(value) for _, value in info.get("DriverStatus") or []
        ),
    )


def docker(stack: Stack, *arguments: str) -> Answer:
    """Run the Docker CLI with the daemon that the stack's settings name, or with the default one."""
    host = stack.settings.text("host", "docker")
    return ask("docker", *arguments, variables={"DOCKER_HOST": host} if host else {})


def _json(answer: Answer) -> dict[str, Any]:
    if not answer.succeeded:
        raise DaemonFailure(answer.error.strip() if answer.code is None else answer.last_words)
    try:
        value = json.loads(answer.output)
    except ValueError as error:
        raise DaemonFailure(f"the docker command's answer is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DaemonFailure("the docker command's answer is not a JSON object")
    if value.get("ServerErrors"):
        raise DaemonFailure(str(value["ServerErrors"][0]))
    return value


def _api(text: object) -> Version:
    parts = str(text or "0").split(".")
    return tuple(int(part) for part in parts if part.isdigit()) or (0,)
