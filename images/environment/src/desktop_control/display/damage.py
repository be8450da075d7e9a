"""Records when the screen last changed."""

import threading
import time

import xcffib
import xcffib.damage

from desktop_control.display.connection import Connection


class DamageWatch:
    """Reads the X server's damage reports in a thread, on a connection of its own.

    `last_change` is the monotonic time, in seconds, of the last change to the screen's contents.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.last_change = time.monotonic()
        self.alive = True
        self._damage: int = connection.x.generate_id()
        # NonEmpty: the server sends no further report until this one is acknowledged, so a video cannot flood
        # this process.
        connection.damage.Create(self._damage, connection.root, xcffib.damage.ReportLevel.NonEmpty)
        connection.sync()
        threading.Thread(target=self._follow, name="damage", daemon=True).start()

    def stop(self) -> None:
        """End the thread, which then closes its own connection: it may be waiting for an event on it."""
        self._connection.hang_up()

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether nothing has changed for `seconds`."""
        return time.monotonic() - self.last_change >= seconds

    def _follow(self) -> None:
        try:
            while True:
                event = self._connection.x.wait_for_event()
                if isinstance(event, xcffib.damage.NotifyEvent):
                    self.last_change = time.monotonic()
                    self._connection.damage.Subtract(self._damage, 0, 0)
                    self._connection.x.flush()
        except xcffib.XcffibException:
            self.alive = False
        self._connection.close()
