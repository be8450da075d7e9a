"""Whether the display answers, not just this process."""

import threading

import xcffib

from desktop_control.display.connection import Connection, DisplayUnavailableError


class DisplayProbe:
    """Connects to the display anew for each look. One look at a time: while the last one hangs, the display
    is ill."""

    def __init__(self, display: str) -> None:
        self._display = display
        self._looking = threading.Lock()

    def answers(self, seconds: float) -> bool:
        """Whether the X server carries out a request within `seconds`."""
        if not self._looking.acquire(timeout=seconds):
            return False
        answered = threading.Event()
        threading.Thread(target=self._look, args=(answered,), name="display-probe", daemon=True).start()
        return answered.wait(seconds)

    def _look(self, answered: threading.Event) -> None:
        try:
            connection = Connection(self._display)
            connection.sync()
            answered.set()
            connection.close()
        except (DisplayUnavailableError, xcffib.XcffibException):
            return
        finally:
            self._looking.release()
