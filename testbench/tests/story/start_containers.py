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
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from launcher.places import Places
from runner.ecs.definition import ContainerDefinition
from runner.network.namespace import Namespace
from runner.tasks import layout
from runner.tasks.backend import Launch
from runner.tasks.isolated import IsolatedBackend

_AT_ONCE, _SECONDS = 3, 20.0
_NO_RESOLVER = IPv4Address("192.0.2.1")


def main() -> None:
    places = Places.of_this_checkout()
    images = places.root / "images"
    backend = IsolatedBackend(
        {
            "environment": layout.environment(images, places.environment_prefix),
            "orchestration": layout.orchestration(images, places.orchestration_venv),
        }
    )
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        json.dump(list(pool.map(lambda case: _outcome(backend, **case), json.load(sys.stdin))), sys.stdout)


def _outcome(backend: IsolatedBackend, container: Any, variables: Mapping[str, str]) -> dict[str, Any]:
    definition = ContainerDefinition.of(container)
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Namespace.create()) as namespace,
    ):
        Path(folder).chmod(0o755)
        launch = Launch(Path(folder).name, definition, variables, namespace, _NO_RESOLVER, Path(folder))
        started = backend.start(launch)
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
