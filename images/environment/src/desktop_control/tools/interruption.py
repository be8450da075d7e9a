"""A person who takes the mouse goes before the agent."""

from desktop_control.human import HumanActivity
from desktop_control.tools.result import PausedError


class Interruption:
    """Stops input while a person acts in the viewer and for `pause_seconds` after the last thing they did."""

    def __init__(self, human: HumanActivity, pause_seconds: float) -> None:
        self._human = human
        self._pause_seconds = pause_seconds

    def check(self) -> None:
        """Raise PausedError while a person is at the controls."""
        since = self._human.seconds_since()
        if since < self._pause_seconds:
            raise PausedError(
                f"paused: a person is at the controls; no further input was sent. "
                f"Try again {self._pause_seconds - since:.0f} s after they stop."
            )
