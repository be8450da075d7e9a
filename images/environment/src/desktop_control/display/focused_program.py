"""Whether the program that gets the keys is still working on what it got."""

import time

import xcffib
import xcffib.res
import xcffib.xproto

from desktop_control.display.connection import Connection
from desktop_control.display.cpu_time import main_thread_nanoseconds

_LOCAL_PROCESS_ID = 2
_POINTER_ROOT = 1
# Programs wake up now and then for nothing.
_BUSY_SHARE = 0.2


class FocusedProgram:
    """The program behind the focused window at the time this object is made.

    `busy` compares with the last call, so calls should lie some hundredths of a second apart.
    """

    def __init__(self, connection: Connection) -> None:
        self._process = _process_of_focus(connection)
        self._looked = time.monotonic()
        self._used = self._nanoseconds()

    def busy(self) -> bool:
        """Whether its main thread spent a fifth of the time since the last call on the processor."""
        now, used = time.monotonic(), self._nanoseconds()
        share = (used - self._used) / 1e9 / max(now - self._looked, 0.001)
        self._looked, self._used = now, used
        return share > _BUSY_SHARE

    def _nanoseconds(self) -> int:
        try:
            return main_thread_nanoseconds(self._process) if self._process else 0
        except OSError:
            return 0


def _process_of_focus(connection: Connection) -> int:
    """The process id, as the X server knows it from the client's socket; 0 when nothing has the focus."""
    focus: int = connection.x.core.GetInputFocus().reply().focus
    if focus <= _POINTER_ROOT:
        return 0
    wanted = xcffib.res.ClientIdSpec.synthetic(focus, _LOCAL_PROCESS_ID)
    try:
        answers = connection.resources.QueryClientIds(1, [wanted]).reply().ids
    except xcffib.xproto.WindowError:
        return 0
    return next((answer.value[0] for answer in answers if len(answer.value)), 0)
