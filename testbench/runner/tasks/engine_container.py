"""A task's container, as the scheduler sees it."""

from __future__ import annotations

import contextlib
import json
import math
import os
import selectors
import subprocess
import time
from pathlib import Path
from typing import IO, BinaryIO, cast

from containers.engine import Engine, EngineError
from runner.tasks import engine_leftovers
from runner.tasks.backend import CannotStart

_TIMED_OUT = 124  # as `timeout` of coreutils says it
# For the engine's `start` to get from here to the entry point, and for its `exec` to get to the command.
_START_SECONDS = 60.0
# For the last output of a container that is gone; beyond that nobody reads it.
_DRAIN_SECONDS = 10.0
_PAUSE = 0.02
# Says its process ID, by which it can be ended, and becomes the command; it leads a process group. On a
# stream of their own, the command's errors could overtake that.
_TELL_AND_BECOME = ("/bin/sh", "-c", 'exec 2>&1; echo $$; exec "$@"', "sh")
_KILL_GROUP = ("/bin/sh", "-c", 'kill -KILL "-$1"', "sh")


class EngineContainer:
    """A container that was started; `label` is on all that was made for its task."""

    def __init__(self, engine: Engine, container: str, label: str, folder: Path) -> None:
        """Start a container that was created. Raises `CannotStart` and `EngineError`.

        `folder` is the task's own. conmon, which supervises the container for podman, writes a file `oom`
        there when the kernel kills a process of the container because memory ran out.
        """
        self._engine = engine
        self._id = container
        self._label = label
        self._status: int | None = None
        # The engine keeps no log, which would be a second copy: the output is what this pipe gives.
        self._attached = engine.attach("start", "--attach", container, folder=folder)
        try:
            self._wait_for_start()
        except BaseException:
            self._attached.kill()
            self._attached.communicate()
            raise

    @property
    def output(self) -> BinaryIO:
        """Standard output and error, together; at its end when the container has ended."""
        return cast(BinaryIO, self._attached.stdout)

    def published(self, port: int) -> int:
        """The port of 127.0.0.1 that leads to the container's port. Raises `KeyError` when none does."""
        ports = json.loads(self._inspect("json .NetworkSettings.Ports"))
        bindings = (ports or {}).get(f"{port}/tcp") or []
        if not bindings:
            raise KeyError(port)
        return int(bindings[0]["HostPort"])

    def poll(self) -> int | None:
        """Exit status, 128 + the signal's number when one ended it; None while it runs."""
        if self._status is None and self._attached.poll() is not None:
            self._status = self._final_status()
        return self._status

    def check_health(self, command: tuple[str, ...], timeout: float) -> tuple[int, str]:
        """Run the command inside, as the container's user, with its environment; the image must have /bin/sh.

        Its status, 124 when it did not end within `timeout` seconds of its start, and its output. After the
        timeout it is killed, with the processes that it has started in its process group.
        """
        process = self._engine.attach("exec", self._id, *_TELL_AND_BECOME, *command)
        assert process.stdout is not None
        with process:
            said, ended = _read(process.stdout, _START_SECONDS, to_line_end=True)
            first, _, rest = said.partition(b"\n")
            if not first.isdigit():
                # Words of the engine's, not of the command.
                more, ended = _read(process.stdout, _DRAIN_SECONDS)
                if not ended:
                    process.kill()
                return process.wait() if ended else _TIMED_OUT, _text(said + more)
            more, ended = _read(process.stdout, timeout)
            if ended:
                return process.wait(), _text(rest + more)
            # If it ends just now, there is nothing to kill; if the container does, neither.
            with contextlib.suppress(EngineError):
                self._engine.run("exec", self._id, *_KILL_GROUP, first.decode())
            remaining, ended = _read(process.stdout, _DRAIN_SECONDS)
            if not ended:
                process.kill()
            return _TIMED_OUT, _text(rest + more + remaining) + f"(not ended after {timeout:g} s)"

    def stop(self, grace_seconds: float) -> None:
        """Ask it to end with the image's stop signal; kill it after the grace. Returns when it is gone."""
        try:
            self._engine.run("stop", "-t", str(math.ceil(grace_seconds)), self._id)
        except EngineError:
            # Removed behind our back, it is gone as well.
            if self._is_running():
                raise
        try:
            self._attached.wait(_DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._attached.kill()

    def remove(self) -> None:
        """Give back everything that it held, once it has ended. The files of its volumes stay."""
        engine_leftovers.remove(self._engine, self._label)
        self.output.close()
        self._attached.wait()

    def _wait_for_start(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while self._inspect(".State.Status") == "created":
            if self._attached.poll() is not None and self._inspect(".State.Status") == "created":
                said = self.output.read().decode(errors="replace").strip()
                raise CannotStart(f"the engine cannot start the container: {said}")
            if time.monotonic() > deadline:
                raise CannotStart(f"the container has not started within {_START_SECONDS:g} s")
            time.sleep(_PAUSE)

    def _final_status(self) -> int:
        """What it ended with; nobody is attached any more."""
        with contextlib.suppress(EngineError):
            if self._is_running():
                # The attached command was ended, not the container: its output would be lost from here on.
                self._engine.run("kill", self._id)
            return int(self._engine.run("wait", self._id))
        # It was removed, or the engine does not answer any more.
        return self._attached.returncode or 1

    def _is_running(self) -> bool:
        return bool(self._engine.run("ps", "--quiet", "--filter", f"id={self._id}"))

    def _inspect(self, template: str) -> str:
        return self._engine.run("inspect", "--type=container", "--format={{" + template + "}}", self._id)


def _read(pipe: IO[bytes], seconds: float, to_line_end: bool = False) -> tuple[bytes, bool]:
    """What comes within the time, on request only until there is a line; whether the pipe is at its end."""
    deadline = time.monotonic() + seconds
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while not (to_line_end and b"\n" in said):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return said, False
            if not (piece := os.read(pipe.fileno(), 65536)):
                return said, True
            said += piece
    return said, False


def _text(output: bytes) -> str:
    return output.decode(errors="replace")
