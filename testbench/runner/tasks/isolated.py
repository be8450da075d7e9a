"""A container without Docker: namespaces, and the machine's Debian packages in place of the image's.

Kept as in a container: network, processes, host name, root file system, users, capabilities, volumes, stop
signal. Not kept: the image's own package versions, and what `root_file_system` says.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from runner.ecs.definition import ContainerDefinition
from runner.tasks import dockerfile, layout, specification
from runner.tasks.backend import CannotStart, Container, Launch
from runner.tasks.execution import CANNOT_START
from runner.tasks.health_command import Check, run_check
from runner.tasks.layout import Layout

_SOURCES = Path(__file__).resolve().parents[2]
_READY_SECONDS = 30.0


class IsolatedBackend:
    """Starts containers by name: a task definition names its container after the image's folder."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._layouts = layouts

    def refusal(self, container: ContainerDefinition) -> str | None:
        return layout.refusal(container.name, self._layouts)

    def start(self, launch: Launch) -> Container:
        return IsolatedContainer(launch, self._layouts[launch.container.name])


class IsolatedContainer:
    """See `runner.tasks.enter`, which is its first process."""

    def __init__(self, launch: Launch, image: Layout) -> None:
        if launch.namespace is None:
            raise CannotStart("a container of its own root file system needs a network namespace too")
        config = dockerfile.read(image.dockerfile)
        self._manner = specification.manner(launch, image, config)
        launch.folder.mkdir(parents=True, exist_ok=True)
        launch.folder.chmod(0o700)  # no other user of this machine's reaches the task's volumes
        self._base = launch.folder / "root"
        self._base.mkdir(exist_ok=True)
        (launch.folder / "volumes").mkdir(exist_ok=True)
        said, ready = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runner.tasks.enter"],
            cwd=_SOURCES,
            env={},  # the task must find nothing of the runner's person in /proc/1/environ
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(ready,),
            start_new_session=True,
        )
        os.close(ready)
        order = {
            **self._manner,
            "runner": os.getpid(),
            "ready": ready,
            "base": str(self._base),
            "network": launch.namespace.path,
            "host_name": specification.host_name(launch),
            "command": specification.command(launch, config),
            "stop_signal": config.stop_signal,
            "root": specification.root(launch, image),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode())
        self._process.stdin.close()
        self._process_one = _read_process_id(said)
        self._descriptor = self._open_process_one()

    @property
    def output(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]  # a pipe of bytes

    @property
    def process_one(self) -> int | None:
        """Its process 1, as this machine counts; None when it did not get that far."""
        return self._process_one

    def poll(self) -> int | None:
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def check_health(self, command: tuple[str, ...], timeout: float) -> tuple[int, str]:
        """See `runner.tasks.join`."""
        if self._descriptor is None:
            return CANNOT_START, "the container is not running"
        order = {**self._manner, "command": command, "process_one": self._descriptor}
        join = [sys.executable, "-m", "runner.tasks.join"]
        return run_check(
            Check(join, {}, str(_SOURCES), json.dumps(order).encode(), [self._descriptor]), timeout
        )

    def stop(self, grace_seconds: float) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process.wait()

    def kill(self) -> None:
        """SIGKILL to the outermost process; the kernel then ends all the others."""
        self._process.kill()

    def remove(self) -> None:
        self._process.wait()
        self.output.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._base.rmdir()

    def _open_process_one(self) -> int | None:
        if self._process_one is None:
            return None
        try:
            opened = os.pidfd_open(self._process_one)
        except ProcessLookupError:
            return None
        if self._process.poll() is None:
            return opened
        os.close(opened)  # it may be another's by now: only its parent kept the number
        return None


def _read_process_id(said: int) -> int | None:
    with os.fdopen(said, "rb") as pipe:
        readable, _, _ = select.select([pipe], [], [], _READY_SECONDS)
        line = pipe.readline() if readable else b""
    return int(line) if line.strip() else None
