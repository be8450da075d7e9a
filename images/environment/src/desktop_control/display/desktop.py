"""The desktop as the computer tool uses it: screenshots, pointer and keyboard over one X connection."""

import time

import xcffib

from desktop_control.display.capture import ScreenCapture
from desktop_control.display.connection import Connection, DisplayUnavailableError
from desktop_control.display.damage import DamageWatch
from desktop_control.display.input_readers import InputReaders
from desktop_control.display.keyboard import Keyboard
from desktop_control.display.keymap import Keymap
from desktop_control.display.new_processes import NewProcesses
from desktop_control.display.pointer import Pointer
from desktop_control.display.scaling import Scaling
from desktop_control.display.settle import SettleTimes, settle

_RETRY_SECONDS = 0.02


class Desktop:
    """Screenshots, pointer, keyboard and damage reports of one X server. Not thread-safe."""

    def __init__(self, display: str) -> None:
        self._connection = Connection(display)
        self.watch = DamageWatch(Connection(display))
        self.capture = ScreenCapture(self._connection)
        self.pointer = Pointer(self._connection)
        keymap = Keymap(self._connection, self._wait_for_reader)
        self.keyboard = Keyboard(self._connection, keymap, self._wait_for_reader)
        self.scaling = Scaling.for_screen(self._connection.width, self._connection.height)
        self.keyboard.release_all()
        self.pointer.release_all()

    @classmethod
    def wait_for(cls, display: str, seconds: float) -> "Desktop":
        """Connect, and wait up to `seconds` for the X server and the window manager: either may be
        restarting.

        Raises DisplayUnavailableError if no X server answers in time.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                desktop = cls(display)
                while not desktop.has_window_manager() and time.monotonic() < deadline:
                    time.sleep(_RETRY_SECONDS)
                return desktop
            except (DisplayUnavailableError, xcffib.XcffibException) as error:
                if time.monotonic() >= deadline:
                    raise DisplayUnavailableError("the display is not running; no input was sent") from error
                time.sleep(_RETRY_SECONDS)

    def is_alive(self) -> bool:
        """Whether the X server still answers on these connections."""
        try:
            self._connection.sync()
        except xcffib.XcffibException:
            return False
        return self.watch.alive

    def has_window_manager(self) -> bool:
        """Whether a window manager has announced itself on this screen."""
        atom = self._connection.atom("_NET_SUPPORTING_WM_CHECK")
        if not atom:
            return False
        reply = self._connection.x.core.GetProperty(
            False, self._connection.root, atom, xcffib.xproto.Atom.WINDOW, 0, 1
        ).reply()
        return bool(reply.value_len)

    def close(self) -> None:
        """Close the connections."""
        self.capture.close()
        self._connection.close()
        self.watch.stop()

    def settle(self, new_processes: NewProcesses, settle_times: SettleTimes) -> bool:
        """Wait until the screen shows what the last action did; see `display.settle`."""
        return settle(self.watch, (new_processes, InputReaders(self._connection)), settle_times)

    def _wait_for_reader(self, limit: float) -> None:
        """Wait until the keys sent so far were read, `limit` seconds at most."""
        InputReaders(self._connection).wait_until_idle(limit)
