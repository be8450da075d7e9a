"""Whether a process is alive, and how to end one for sure."""

from __future__ import annotations

import os
import signal
import time


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie of ours does not count)."""
    if pid <= 0:
        return False
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(pid: int, grace_seconds: float) -> None:
    """Ask the process to end; kill it when it has not after the grace."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + grace_seconds
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(0.05)
