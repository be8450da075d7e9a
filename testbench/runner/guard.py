"""Restarts the runner when it dies: a parent process whose child does the work."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from runner import kernel

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 10.0
_STEADY_SECONDS = 30.0
_LOOK_SECONDS = 0.1
# Exit status of a runner that cannot work on this machine. The guard does not start it again then.
CANNOT = 78
_ENDING = (signal.SIGTERM, signal.SIGINT)


def keep(folder: Path, work: Callable[[], None]) -> int:
    """Fork, and fork again each time the child dies on its own. Returns the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = _locked(folder / "lock")
    if lock is None:
        print(f"another runner works in {folder}", file=sys.stderr, flush=True)
        return CANNOT
    child = 0
    told_to_end = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told_to_end
        told_to_end = True
        if child:
            os.kill(child, signal.SIGTERM)

    for number in _ENDING:
        signal.signal(number, end)
    wait = _FIRST_WAIT
    while True:
        began = time.monotonic()
        child = _fork(work)
        if told_to_end:
            os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        child = 0
        code = os.waitstatus_to_exitcode(status)
        if told_to_end or code in (0, CANNOT):
            return max(code, 0)
        if time.monotonic() - began > _STEADY_SECONDS:
            wait = _FIRST_WAIT
        print(f"the runner's work ended ({code}); it starts again in {wait:g} s", file=sys.stderr, flush=True)
        until = time.monotonic() + wait
        while time.monotonic() < until:
            if told_to_end:
                return 0
            time.sleep(_LOOK_SECONDS)
        wait = min(_LONGEST_WAIT, wait * 2)


def _locked(path: Path) -> int | None:
    """The descriptor that holds the lock, which the work inherits: the kernel lets go when both are gone."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _fork(work: Callable[[], None]) -> int:
    parent = os.getpid()
    # Until the child has let go of the guard's handlers, a signal to it must wait, not be lost in them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        return child
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    code = 1
    try:
        if sys.platform == "linux":
            kernel.end_with_parent(signal.SIGKILL)
        if os.getppid() == parent:
            work()
            code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
