"""Launches for the tests of the Docker backend, and a runner of its own that can be killed."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from conftest import LOCAL
from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace
from runner.tasks.backend import Launch

NAME_SERVER = IPv4Address("10.0.0.2")


def container(image: str, **members: Any) -> ContainerDefinition:
    """A container as a task definition has it; `image` is an ID, as in a reference to what was not pushed."""
    return ContainerDefinition.of({"name": "desktop", "image": f"192.0.2.1/desktop@{image}", **members})


def launch(
    definition: ContainerDefinition,
    folder: Path,
    namespace: Namespace | None = None,
    environment: Mapping[str, str] | None = None,
) -> Launch:
    task = uuid.uuid4().hex
    server = None if namespace is None else NAME_SERVER
    return Launch(task, definition, environment or {}, namespace, server, folder / task)


# Arguments: the runner's folder, the image's ID, `namespace` or `bridge`. Says the guard's process ID.
_RUNNER = """
import sys
from pathlib import Path
from runner.network.namespace import Namespace
from runner.tasks.docker import DockerBackend
from runner_docker_launches import container, launch

folder, image, network = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
namespace = Namespace.create() if network == "namespace" else None
backend = DockerBackend(folder)
volume = {"sourceVolume": "record", "containerPath": "/data"}
started = backend.start(
    launch(container(image, command=["sleep 1000"], mountPoints=[volume]), folder, namespace)
)
print(backend._guard.process_id, flush=True)
sys.stdin.read()
"""


def runner(folder: Path, image: str, network: str) -> tuple[subprocess.Popen[str], int]:
    """A process that has started one container with one volume, and the process ID of its guard."""
    command = [sys.executable, "-c", _RUNNER, str(folder), image, network]
    paths = f"{LOCAL}:{LOCAL / 'tests'}"
    process = subprocess.Popen(
        ["env", f"PYTHONPATH={paths}", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.strip().isdigit(), line
    return process, int(line)


def wait_for_guard(process: subprocess.Popen[str]) -> None:
    """The guard of a runner that was killed has ended, and had nothing to say."""
    # It has the runner's standard error; so the end of that is the guard's.
    assert process.stderr is not None
    assert process.stderr.read() == ""
