"""Requests of one kind take turns, and only so many may wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class LaneFullError(Exception):
    """As many requests wait already as may."""


class Lane:
    """Lets one holder in at a time, first come first served, and turns away whoever would make it more than
    `bound`."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._present = 0
        self._next_ticket = 0
        self._now_serving = 0
        self._changed = threading.Condition()

    @property
    def present(self) -> int:
        """How many hold the turn or wait for it."""
        return self._present

    @contextmanager
    def present_without_turn(self) -> Iterator[None]:
        """Count as one of those present, without a turn and holding up nobody. Raises LaneFullError."""
        with self._changed:
            self._enter()
        try:
            yield
        finally:
            with self._changed:
                self._present -= 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and hold it. Raises LaneFullError at once when the lane is full."""
        with self._changed:
            self._enter()
            ticket = self._next_ticket
            self._next_ticket += 1
            self._changed.wait_for(lambda: self._now_serving == ticket)
        try:
            yield
        finally:
            with self._changed:
                self._present -= 1
                self._now_serving += 1
                self._changed.notify_all()

    def _enter(self) -> None:
        if self._present >= self._bound:
            raise LaneFullError(f"{self._bound} actions are waiting already; try again when some are done")
        self._present += 1
