"""A task's plain processes, as the scheduler sees them: an entry point with its attendants."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

from runner.tasks import attend
from runner.tasks.health_command import Check, run_check
from runner.tasks.plain_setup import PlainSetup

_SOURCES = Path(__file__).resolve().parents[2]
_END_SECONDS = 10.0


class PlainContainer:
    """See `runner.tasks.attend`, which is its first two processes."""

    def __init__(self, setup: PlainSetup) -> None:
        self._setup = setup
        self._alive, alive = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runner.tasks.attend"],
            cwd=_SOURCES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(alive,),
            start_new_session=True,
        )
        os.close(alive)
        specification: dict[str, Any] = {
            "runner": os.getpid(),
            "alive": alive,
            "command": setup.command,
            "environment": dict(setup.environment),
            "folder": setup.folder,
            "stop_signal": setup.stop_signal,
            "scratch": str(setup.scratch),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(specification).encode())
        self._process.stdin.close()

    @property
    def output(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]  # a pipe of bytes

    def published(self, port: int) -> int:
        """The port of 127.0.0.1 that stands for the container's. Raises `KeyError` when none does."""
        return self._setup.ports[port]

    def poll(self) -> int | None:
        code = self._process.poll()
        if code is None:
            return None
        self._wait_for_both()
        return 128 - code if code < 0 else code

    def check_health(self, command: tuple[str, ...], timeout: float) -> tuple[int, str]:
        setup = self._setup
        return run_check(Check(setup.check(command), setup.environment, setup.folder), timeout)

    def stop(self, grace_seconds: float) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                self._process.send_signal(attend.END_ALL)
        self._process.wait()
        self._wait_for_both()

    def remove(self) -> None:
        self._process.wait()
        self.output.close()
        os.close(self._alive)
        shutil.rmtree(self._setup.scratch, ignore_errors=True)

    def _wait_for_both(self) -> None:
        """If somebody has killed the first attendant, the second is still ending everything."""
        select.select([self._alive], [], [], _END_SECONDS)
