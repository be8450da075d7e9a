"""The networks that containers are given: a namespace of the runner's, or a bridge of the engine's.

Podman joins a namespace by its path. The docker command has no way to name a network namespace. But a
container may share another container's network, and Docker takes that from the other's first process when it
starts one (moby, daemon/oci_linux.go: /proc/PID/ns/net). So with docker each task gets a second container,
its holder: it sees this machine's processes, enters the runner's namespace with nsenter, and sleeps. The
task's own container then starts in that namespace, with no more rights than its definition gives, and nothing
is moved or left in the machine's network.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from containers.engine import Engine
from runner.network.namespace import Namespace
from runner.tasks.backend import CannotStart, Launch

_ENTER_SECONDS = 10.0
_PAUSE = 0.02
_NOT_INSIDE = (
    "the container cannot enter its network namespace; the Docker daemon must run on this machine itself, as "
    "root, and the image must have nsenter and sleep (Debian: util-linux, coreutils)"
)


def hold(engine: Engine, launch: Launch, image: str, identity: Sequence[str], guard: int) -> str:
    """Start the holder of the launch's namespace; the container ID. Returns when it is inside.

    `identity` are arguments with its name and labels. Raises `CannotStart` and `EngineError`.
    """
    assert launch.namespace is not None
    host = host_name(launch)
    container = engine.run(
        "run",
        "--detach",
        *identity,
        "--pull=never",
        "--network=none",
        f"--hostname={host}",
        f"--add-host={host}:127.0.1.1",
        *name_server(launch),
        # To open the namespace among this machine's processes, and to enter it.
        "--pid=host",
        "--user=0",
        "--cap-drop=ALL",
        "--cap-add=SYS_ADMIN",
        "--cap-add=SYS_PTRACE",
        "--security-opt=apparmor=unconfined",
        "--read-only",
        "--no-healthcheck",
        "--log-driver=json-file",
        "--entrypoint=nsenter",
        image,
        f"--net={launch.namespace.path}",
        "--",
        "sleep",
        "infinity",
        held=(guard,),
    )
    _wait_until_inside(engine, container, launch.namespace)
    return container


def host_name(launch: Launch) -> str:
    """The host name inside the container."""
    return f"{launch.container.name}-{launch.task_id[:8]}"


def name_server(launch: Launch) -> tuple[str, ...]:
    """The launch's resolver and nothing of the machine's own resolv.conf."""
    if launch.name_server is None:
        return ()
    return (
        f"--dns={launch.name_server}",
        "--dns-search=.",
        "--dns-option=timeout:5",
        "--dns-option=attempts:2",
    )


class Bridge:
    """A network of the engine's own, made when it is first needed. Usable from every thread."""

    def __init__(self, engine: Engine, name: str, labels: Sequence[str]) -> None:
        self._engine = engine
        self._arguments = (*labels, "--driver=bridge", name)
        self._name = name
        self._lock = threading.Lock()
        self._is_made = False

    def name(self, guard: int) -> str:
        with self._lock:
            if not self._is_made:
                self._engine.run("network", "create", *self._arguments, held=(guard,))
                self._is_made = True
        return self._name


def _wait_until_inside(engine: Engine, container: str, namespace: Namespace) -> None:
    expected = Path(namespace.path).stat()
    deadline = time.monotonic() + _ENTER_SECONDS
    while True:
        process, is_running = engine.run(
            "inspect", "--type=container", "--format={{.State.Pid}} {{.State.Running}}", container
        ).split()
        if is_running != "true":
            raise CannotStart(f"{_NOT_INSIDE}: {_last_words(engine, container)}")
        try:
            found = Path("/proc", process, "ns", "net").stat()
        except OSError:
            found = None
        if found is not None and os.path.samestat(found, expected):
            return
        if time.monotonic() > deadline:
            raise CannotStart(_NOT_INSIDE)
        time.sleep(_PAUSE)


def _last_words(engine: Engine, container: str) -> str:
    # docker's `logs` gives the holder's errors as its own errors.
    with engine.attach("logs", "--tail=3", container) as process:
        said, _ = process.communicate()
    return said.decode(errors="replace").strip() or "it ended without a word"
