"""A container without Docker: namespaces, and the machine's Debian packages in place of the image's.

Kept as in a container: network, processes, host name, root file system, users, capabilities, volumes, stop
signal. Not kept: limits of memory and CPU, and the image's own package versions.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from runner.ecs.definition import ContainerDefinition
from runner.tasks import dockerfile
from runner.tasks.backend import CannotStart, Container, Launch
from runner.tasks.dockerfile import ImageConfig
from runner.tasks.health_command import run_check
from runner.tasks.layout import Layout
from runner.tasks.user import as_user

_SOURCES = Path(__file__).resolve().parents[2]
_READY_SECONDS = 30.0


class IsolatedBackend:
    """Starts containers by name: a task definition names its container after the image's folder."""

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._layouts = layouts

    def refusal(self, container: ContainerDefinition) -> str | None:
        if container.name not in self._layouts:
            known = ", ".join(self._layouts)
            return f"no image is known for the container {container.name} (known: {known})"
        return None

    def start(self, launch: Launch) -> Container:
        layout = self._layouts[launch.container.name]
        return IsolatedContainer(launch, layout, dockerfile.read(layout.dockerfile))


class IsolatedContainer:
    """See `runner.tasks.enter`, which is its first process."""

    def __init__(self, launch: Launch, layout: Layout, config: ImageConfig) -> None:
        if launch.namespace is None:
            raise CannotStart("a container of its own root file system needs a network namespace too")
        self._environment = {**config.environment, **launch.environment}
        self._as_user = as_user(launch.container.user or config.user, launch.container.capabilities)
        self._base = launch.folder / "root"
        self._base.mkdir(parents=True, exist_ok=True)
        (launch.folder / "volumes").mkdir(exist_ok=True)
        said, ready = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runner.tasks.enter"],
            cwd=_SOURCES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(ready,),
            start_new_session=True,
        )
        os.close(ready)
        specification = self._specification(launch, layout, config, ready)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(specification).encode())
        self._process.stdin.close()
        self._process_one = _read_process_id(said)

    def _specification(
        self, launch: Launch, layout: Layout, config: ImageConfig, ready: int
    ) -> dict[str, Any]:
        container = launch.container
        assert launch.namespace is not None
        entry_point = container.entry_point or config.entry_point
        # A new entry point does away with the image's command (API_ContainerDefinition.html).
        command = container.command or (() if container.entry_point else config.command)
        root = {
            "trees": {path: str(tree) for path, tree in layout.trees.items()},
            "links": dict(layout.links),
            "accounts": [asdict(one) for one in layout.accounts],
            "directories": [
                {**asdict(one), "copy_of": str(one.copy_of) if one.copy_of else None}
                for one in layout.directories
            ],
            "files": _network_files(launch),
            "volumes": [
                {"source": str(launch.volume(m.volume)), "path": m.path, "read_only": m.read_only}
                for m in container.mounts
            ],
            "read_only": container.read_only_root,
        }
        return {
            "runner": os.getpid(),
            "ready": ready,
            "base": str(self._base),
            "network": launch.namespace.path,
            "host_name": _host_name(launch),
            "folder": config.folder,
            "command": [*self._as_user, *entry_point, *command],
            "environment": self._environment,
            "stop_signal": config.stop_signal,
            "root": root,
        }

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
        inside = [
            "nsenter",
            f"--target={self._process_one}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
        ]
        return run_check([*inside, "--", *self._as_user, *command], self._environment, timeout)

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
        self._base.rmdir()


def _read_process_id(said: int) -> int | None:
    with os.fdopen(said, "rb") as pipe:
        readable, _, _ = select.select([pipe], [], [], _READY_SECONDS)
        line = pipe.readline() if readable else b""
    return int(line) if line.strip() else None


def _network_files(launch: Launch) -> dict[str, str]:
    name = _host_name(launch)
    return {
        "/etc/resolv.conf": f"nameserver {launch.name_server}\noptions timeout:5 attempts:2\n",
        "/etc/hosts": f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 {name}\n",
        "/etc/hostname": f"{name}\n",
    }


def _host_name(launch: Launch) -> str:
    return f"{launch.container.name}-{launch.task_id[:8]}"
