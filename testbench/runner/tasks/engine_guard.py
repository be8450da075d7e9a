"""Ends the containers of a runner that has ended, however that came about.

Nothing in an engine ties a container to the process that started it. So a process beside the runner, in a
session of its own, waits for the end of a pipe that the runner holds, and then removes all that the runner
has made.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from containers.engine import Engine, EngineError

_SOURCES = Path(__file__).resolve().parents[2]


class EngineGuard:
    """Removes what has the label when this process ends, or on `close()`. Usable from every thread."""

    def __init__(self, engine: Engine, label: str) -> None:
        self._command = [sys.executable, "-m", "runner.tasks.engine_leftovers", engine.command, label]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def descriptor(self) -> int:
        """The pipe. What makes something in the engine inherits it, so that the guard looks only afterwards.

        Starts the guard, again if somebody has ended it. Call it before anything is made.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._process = subprocess.Popen(
                    self._command,
                    cwd=_SOURCES,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                )
            assert self._process.stdin is not None
            return self._process.stdin.fileno()

    @property
    def process_id(self) -> int | None:
        """None before it was needed and after `close()`."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Let it do its work, and wait for that. Raises `EngineError` when something may be left."""
        with self._lock:
            if self._end() != 0:
                raise EngineError("not all of the runner's containers could be removed")

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin is not None
        process.stdin.close()
        return process.wait()
