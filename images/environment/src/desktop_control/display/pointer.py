"""Moves the pointer and presses its buttons, through XTEST, in screen pixels."""

import time
from collections.abc import Callable

from desktop_control.display.connection import Connection

LEFT, MIDDLE, RIGHT = 1, 2, 3
SCROLL_BUTTONS = {"up": 4, "down": 5, "left": 6, "right": 7}

_BUTTON_PRESS = 4
_BUTTON_RELEASE = 5
_MOTION = 6
_FIRST_BUTTON_MASK = 0x100
_BUTTONS_IN_MASK = 5
# Programs treat a press followed by a single jump as a click that slipped. So a drag moves in steps that are
# spread over several frames.
_DRAG_STEPS = 12
_DRAG_STEP_SECONDS = 0.008


class Pointer:
    """The pointer. No method waits for the pointer to arrive, because the server carries out requests in
    order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def position(self) -> tuple[int, int]:
        """The pointer's position."""
        reply = self._connection.x.core.QueryPointer(self._connection.root).reply()
        return reply.root_x, reply.root_y

    def move(self, x: int, y: int) -> None:
        """Jump to (x, y)."""
        self._connection.test.FakeInput(_MOTION, 0, 0, self._connection.root, x, y, 0)
        self._connection.sync()

    def click(self, button: int, times: int = 1) -> None:
        """Press and release `button` at once, `times` times within the double-click time."""
        for _ in range(times):
            self._fake_button(_BUTTON_PRESS, button)
            self._fake_button(_BUTTON_RELEASE, button)
        self._connection.sync()

    def press(self, button: int) -> None:
        """Press `button` and hold it."""
        self._fake_button(_BUTTON_PRESS, button)
        self._connection.sync()

    def release(self, button: int) -> None:
        """Release `button`."""
        self._fake_button(_BUTTON_RELEASE, button)
        self._connection.sync()

    def drag(self, target: tuple[int, int], interrupted: Callable[[], None]) -> None:
        """Drag with the left button from where the pointer is to `target`, in steps that programs can
        follow."""
        start = self.position()
        self.press(LEFT)
        try:
            for step in range(1, _DRAG_STEPS + 1):
                interrupted()
                time.sleep(_DRAG_STEP_SECONDS)
                self.move(
                    start[0] + (target[0] - start[0]) * step // _DRAG_STEPS,
                    start[1] + (target[1] - start[1]) * step // _DRAG_STEPS,
                )
            time.sleep(_DRAG_STEP_SECONDS)
        finally:
            self.release(LEFT)

    def release_all(self) -> None:
        """Release every button that the server believes to be pressed."""
        mask: int = self._connection.x.core.QueryPointer(self._connection.root).reply().mask
        for index in range(_BUTTONS_IN_MASK):
            if mask & (_FIRST_BUTTON_MASK << index):
                self._fake_button(_BUTTON_RELEASE, index + 1)
        self._connection.sync()

    def _fake_button(self, kind: int, button: int) -> None:
        self._connection.test.FakeInput(kind, button, 0, 0, 0, 0, 0)
