"""A task's plain processes, as the scheduler sees them: an entry point with its attendant."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from runner.tasks import attend, descendants
from runner.tasks.plain_setup import PlainSetup

_SOURCES = Path(__file__).resolve().parents[2]
_TIMED_OUT = 124  # as `timeout` of coreutils says it
_READY_SECONDS = 30.0
_END_SECONDS, _PAUSE = 10.0, 0.01


class PlainContainer:
    """See `runner.tasks.attend`, which is its first process."""

    def __init__(self, setup: PlainSetup) -> None:
        self._setup = setup
        said, ready = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runner.tasks.attend"],
            cwd=_SOURCES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(ready,),
            start_new_session=True,
        )
        os.close(ready)
        specification: dict[str, Any] = {
            "runner": os.getpid(),
            "ready": ready,
            "command": setup.command,
            "environment": dict(setup.environment),
            "folder": setup.folder,
            "stop_signal": setup.stop_signal,
            "scratch": str(setup.scratch),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(specification).encode())
        self._process.stdin.close()
        self._entry_point = _entry_point(said)

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
        self._end_what_is_left()
        return 128 - code if code < 0 else code

    def check_health(self, command: tuple[str, ...], timeout: float) -> tuple[int, str]:
        with subprocess.Popen(
            self._setup.check(command),
            env=self._setup.environment,
            cwd=self._setup.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            try:
                said, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return _TIMED_OUT, f"no answer within {timeout:g} s"
        return process.returncode, said.decode(errors="replace")

    def stop(self, grace_seconds: float) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                self._process.send_signal(attend.END_ALL)
        self._process.wait()
        self._end_what_is_left()

    def remove(self) -> None:
        self._process.wait()
        self.output.close()
        shutil.rmtree(self._setup.scratch, ignore_errors=True)

    def _end_what_is_left(self) -> None:
        """If somebody has killed the attendant, its entry point may live on, as nobody's child."""
        if self._entry_point is None:
            return
        (process_id, descriptor), self._entry_point = self._entry_point, None
        deadline = time.monotonic() + _END_SECONDS
        try:
            # Stopped, it starts nothing new, and its processes stay below it until they are gone.
            signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
            while descendants.of(process_id) and time.monotonic() < deadline:
                descendants.kill(process_id)
                time.sleep(_PAUSE)
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            select.select([descriptor], [], [], _END_SECONDS)
        except ProcessLookupError:
            pass  # it has ended, as it should
        finally:
            os.close(descriptor)


def _entry_point(said: int) -> tuple[int, int] | None:
    """Its process id, and a descriptor of it, which no later process of the same id can be mistaken for."""
    with os.fdopen(said, "rb") as pipe:
        readable, _, _ = select.select([pipe], [], [], _READY_SECONDS)
        line = pipe.readline() if readable else b""
    try:
        return (int(line), os.pidfd_open(int(line))) if line.strip() else None
    except ProcessLookupError:
        return None
