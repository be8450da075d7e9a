"""Launches of the toy image, and a runner of its own that can be killed."""

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
from task_containers.toy import Toy

NAME_SERVER = IPv4Address("10.0.0.2")
CPU_UNITS, MEMORY_MIB = 512, 256


def container(image: str, **members: Any) -> ContainerDefinition:
    """A container as a task definition has it."""
    return ContainerDefinition.of({"name": "desktop", "image": image, **members})


def launch(
    definition: ContainerDefinition,
    folder: Path,
    namespace: Namespace | None = None,
    environment: Mapping[str, str] | None = None,
) -> Launch:
    task = uuid.uuid4().hex
    server = None if namespace is None else NAME_SERVER
    variables = environment or {}
    return Launch(task, definition, variables, namespace, server, folder / task, CPU_UNITS, MEMORY_MIB)


# Arguments: the engine's command, the runner's folder, the registry, the image, `namespace` or `bridge`. Says
# the process ID of the guard of its containers.
_RUNNER = """
import sys
from pathlib import Path
from containers.engine import Engine
from runner.network.namespace import Namespace
from runner.tasks.engine import EngineBackend
from task_containers.launches import container, launch

command, folder, registry, image, network = sys.argv[1:]
namespace = Namespace.create() if network == "namespace" else None
backend = EngineBackend(Engine(command), Path(folder), registry)
volume = {"sourceVolume": "record", "containerPath": "/data"}
started = backend.start(
    launch(container(image, command=["sleep 1000"], mountPoints=[volume]), Path(folder), namespace)
)
print(backend.guard_process, flush=True)
sys.stdin.read()
"""


def runner(machine: Toy, folder: Path, network: str) -> tuple[subprocess.Popen[str], int]:
    """A process that has started one container with one volume, and the process ID of its guard."""
    command = [sys.executable, "-c", _RUNNER, machine.engine.command, str(folder)]
    process = subprocess.Popen(
        ["env", f"PYTHONPATH={LOCAL}:{LOCAL / 'tests'}", *command, machine.registry, machine.image, network],
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
