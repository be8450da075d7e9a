"""When the emulator ends: when it is told to, or when whoever started it is gone."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType


def end_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` once, in a thread of its own, on SIGTERM or SIGINT."""

    def handler(_signal: int, _frame: FrameType | None) -> None:
        # The main thread serves; stopping the server from it would wait for itself.
        threading.Thread(target=stop, name="stop", daemon=True).start()

    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)


def end_with_standard_input(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input reaches its end.

    A starter that holds the other end of the pipe may die in any way, even by kill -9: the kernel closes it.
    """

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        stop()

    threading.Thread(target=wait, name="starter", daemon=True).start()
