"""`python -m runner.tasks.attend`, beside a task of plain processes: nothing of the task outlives it.

It starts the entry point, adopts every process below that loses its parent, and ends them all when the
entry point has ended, when it is told to (SIGUSR1), and when the runner has ended, in whatever way (the
kernel sends the same signal). SIGTERM is passed on as the image's stop signal. There are two, one above the
other, so that either may be killed as well. The specification comes as JSON on standard input, so that no
secret is in an argument or a file; the descriptor that it names is open as long as one of the two lives. The
status is the entry point's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from typing import Any

from runner import kernel
from runner.tasks import descendants
from runner.tasks.execution import CANNOT_START, execute

END_ALL = signal.SIGUSR1
_AWAITED = {signal.SIGTERM, signal.SIGCHLD, END_ALL}


def main() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    specification: dict[str, Any] = json.load(sys.stdin)
    if not _follow(specification["runner"]):
        return CANNOT_START
    first = os.getpid()
    second = os.fork()
    if second == 0:
        os._exit(_attend_entry_point(specification) if _follow(first) else CANNOT_START)
    code = _wait_for(second, signal.SIGTERM)
    _end_all()
    shutil.rmtree(specification["scratch"], ignore_errors=True)
    return code


def _follow(parent: int) -> bool:
    """Be told of the parent's end, and be the parent of all orphans below; whether it lives."""
    kernel.end_with_parent(END_ALL)
    kernel.adopt_orphans()
    return os.getppid() == parent  # else it ended before the kernel was told


def _attend_entry_point(specification: dict[str, Any]) -> int:
    entry_point = os.fork()
    if entry_point == 0:
        _execute(specification)
    code = _wait_for(entry_point, getattr(signal, specification["stop_signal"]))
    _end_all()
    shutil.rmtree(specification["scratch"], ignore_errors=True)
    return code


def _wait_for(child: int, stop_signal: signal.Signals) -> int:
    while True:
        received = signal.sigwait(_AWAITED)
        if received == END_ALL:
            return 128 + signal.SIGKILL
        if received == signal.SIGTERM:
            os.kill(child, stop_signal)
            continue
        # One signal may stand for several children.
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            if ended[0] == child:
                code = os.waitstatus_to_exitcode(ended[1])
                return code if code >= 0 else 128 - code


def _end_all() -> None:
    while True:
        descendants.kill(os.getpid())
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _execute(specification: dict[str, Any]) -> None:
    try:
        os.close(specification["alive"])
        os.chdir(specification["folder"])
        execute(specification["command"], specification["environment"])
    except BaseException as error:
        print(f"cannot start the container: {error}", file=sys.stderr, flush=True)
        os._exit(CANNOT_START)


if __name__ == "__main__":
    sys.exit(main())
