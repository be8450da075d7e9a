"""When the emulator ends: at a signal, or when the process that started it is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_on_signals() -> None:
    """Raise `SystemExit` in the main thread on SIGTERM or SIGINT, once; later signals change nothing."""

    def handler(_signal: int, _frame: FrameType | None) -> None:
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        raise SystemExit(0)

    for one in _SIGNALS:
        signal.signal(one, handler)


def end_with_standard_input() -> None:
    """Send this process SIGTERM when standard input reaches its end.

    The process that started this one holds the other end of the pipe. However it dies, even by SIGKILL, the
    kernel closes the pipe.
    """

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="wait-for-starter", daemon=True).start()
