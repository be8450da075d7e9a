"""Pauses the agent's input while a person uses mouse or keyboard."""

from desktop_control.human import HumanActivity
from desktop_control.tools.result import PausedError


class Interruption:
    """Refuses input while a person acts in the viewer and for `pause_seconds` after their last action."""

    def __init__(self, human: HumanActivity, pause_seconds: float) -> None:
        self._human = human
        self._pause_seconds = pause_seconds

    def check_before(self) -> None:
        """Raise PausedError if a person has the controls; called before an action begins."""
        self._check("no input was sent")

    def check_during(self) -> None:
        """Raise PausedError if a person has taken the controls; called during an action."""
        self._check("the action was stopped before its end; look at the screen before you continue")

    def _check(self, consequence: str) -> None:
        left = self._pause_seconds - self._human.seconds_since()
        if left > 0:
            raise PausedError(
                f"paused: a person is at the controls; {consequence}. "
                f"Input works again {self._pause_seconds:g} s after they stop."
            )
