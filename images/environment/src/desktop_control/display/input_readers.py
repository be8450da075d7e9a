"""Tells whether the programs that receive keys and clicks are still handling them."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import xcffib
import xcffib.res
import xcffib.xproto

from desktop_control.display.connection import Connection
from desktop_control.display.cpu_time import (
    main_thread_nanoseconds,
    main_thread_wants_to_run,
    ticks,
    wants_to_run,
)

_LOCAL_PROCESS_ID = 2
_POINTER_ROOT = 1
# Idle programs wake up now and then: a process counts as busy above this share of processor time.
_BUSY_SHARE = 0.2
_WORK_TICKS = 2
# A page that computes all the time would otherwise delay every action to its time limit.
_LONGEST_SECONDS = 0.5
_SAMPLE_SECONDS = 0.004
_IDLE_SAMPLES = 3


class InputReaders:
    """The processes that handle input: the X server, and the programs that own the focused window and the
    windows under the pointer when this object is made (the window manager is one of them), with all their
    child processes, because browsers handle input in those."""

    def __init__(self, connection: Connection) -> None:
        self._processes = [connection.server_process()]
        for process in _owners(connection, [_focus(connection), *_under_pointer(connection)]):
            self._processes += [process, *_descendants(process)]
        self._made = time.monotonic()
        self._ticks = self._each(ticks)

    def busy(self) -> bool:
        """Whether one of the threads runs now, or one of the processes ran since the last call. Always False
        from half a second after this object was made."""
        before, self._ticks = self._ticks, self._each(ticks)
        if time.monotonic() - self._made > _LONGEST_SECONDS:
            return False
        worked = any(now - then >= _WORK_TICKS for now, then in zip(self._ticks, before, strict=True))
        return worked or any(self._each(wants_to_run))

    def wait_until_idle(self, limit: float) -> None:
        """Return when all main threads were idle in three samples in a row, some milliseconds apart, or after
        `limit` seconds."""
        deadline = time.monotonic() + limit
        used = self._each(main_thread_nanoseconds)
        idle_samples = 0
        while idle_samples < _IDLE_SAMPLES and time.monotonic() < deadline:
            time.sleep(_SAMPLE_SECONDS)
            before, used = used, self._each(main_thread_nanoseconds)
            worked = any(
                (now - then) / 1e9 > _BUSY_SHARE * _SAMPLE_SECONDS
                for now, then in zip(used, before, strict=True)
            )
            idle_samples = 0 if worked or any(self._each(main_thread_wants_to_run)) else idle_samples + 1

    def _each(self, look: Callable[[int], int]) -> list[int]:
        return [_unless_gone(look, process) for process in self._processes]


def _unless_gone(look: Callable[[int], int], process: int) -> int:
    try:
        return look(process)
    except OSError:
        return 0


def _descendants(process: int) -> list[int]:
    """All child processes at any depth, because browsers start their workers through a helper."""
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *_descendants(child)]
    return found


def _focus(connection: Connection) -> int:
    focus: int = connection.x.core.GetInputFocus().reply().focus
    return focus


def _under_pointer(connection: Connection) -> list[int]:
    """The windows under the pointer, from the window manager's frame inwards."""
    windows: list[int] = []
    window: int = connection.root
    try:
        while window := connection.x.core.QueryPointer(window).reply().child:
            windows.append(window)
    except xcffib.xproto.WindowError:
        pass  # it was closed at this moment
    return windows


def _owners(connection: Connection, windows: list[int]) -> set[int]:
    """Process ids of the windows' programs, as the X server knows them from its clients' sockets."""
    owners: set[int] = set()
    for window in windows:
        if window <= _POINTER_ROOT:
            continue
        wanted = xcffib.res.ClientIdSpec.synthetic(window, _LOCAL_PROCESS_ID)
        with contextlib.suppress(xcffib.xproto.ValueError, xcffib.xproto.WindowError):
            answers = connection.resources.QueryClientIds(1, [wanted]).reply().ids
            owners.update(answer.value[0] for answer in answers if len(answer.value))
    return owners
