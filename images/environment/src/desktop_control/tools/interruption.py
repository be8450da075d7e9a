"""A person who takes the mouse goes before the agent."""

from desktop_control.human import HumanActivity
from desktop_control.tools.result import PausedError


class Interruption:
    """Stops input while a person acts in the viewer and for `pause_seconds` after the last thing they did."""

    def __init__(self, human: HumanActivity, pause_seconds: float) -> None:
        self._human = human
        self._pause_seconds = pause_seconds

    def check_before(self) -> None:
        """Raise PausedError while a person is at the controls: an action must not begin."""
        self._check("no input was sent")

    def check_during(self) -> None:
        """Raise PausedError when a person took the controls: an action must go no further."""
        self._check("the action was broken off; look at the screen before you go on")

    def _check(self, consequence: str) -> None:
        left = self._pause_seconds - self._human.seconds_since()
        if left > 0:
            raise PausedError(
                f"paused: a person is at the controls; {consequence}. "
                f"Input works again {self._pause_seconds:g} s after they stop."
            )
