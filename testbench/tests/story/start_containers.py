"""Starts containers with the variables that it is told, and says how they ended.

Standard input: a JSON list of `{"container": one of a task definition, "variables": {…}}`. Output: a list of
`{"status": 78, "output": "…"}`, in that order. They get a network that leads nowhere, and no service.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from containers.engine import Engine
from launcher import emulator_process
from launcher.places import Places
from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace
from runner.tasks.backend import Launch
from runner.tasks.engine import EngineBackend

_AT_ONCE, _SECONDS = 3, 20.0
_NO_RESOLVER = IPv4Address("192.0.2.1")
_CPU_UNITS, _MEMORY_MIB = 1024, 2048


def main() -> None:
    places = Places.of_this_checkout()
    emulator = emulator_process.running(places)
    assert emulator is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            contextlib.closing(
                EngineBackend(Engine(str(places.engine)), folder, emulator.registry)
            ) as backend,
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            outcomes = pool.map(lambda case: _outcome(backend, folder, **case), json.load(sys.stdin))
            json.dump(list(outcomes), sys.stdout)


def _outcome(
    backend: EngineBackend, folder: Path, container: Any, variables: Mapping[str, str]
) -> dict[str, Any]:
    definition, task = ContainerDefinition.of(container), uuid.uuid4().hex
    with contextlib.closing(Namespace.create()) as namespace:
        place = folder / task
        started = backend.start(
            Launch(task, definition, variables, namespace, _NO_RESOLVER, place, _CPU_UNITS, _MEMORY_MIB)
        )
        # One that does start is ended.
        too_long = threading.Timer(_SECONDS, started.stop, (0,))
        too_long.start()
        output = started.output.read().decode(errors="replace")
        too_long.cancel()
        started.stop(0)
        status = started.poll()
        started.remove()
        return {"status": status, "output": output}


if __name__ == "__main__":
    main()
