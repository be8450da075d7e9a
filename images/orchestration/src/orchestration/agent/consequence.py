"""Decides which actions need the person's approval, always on the newest screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.agent.actions import CLICKS, Action
from orchestration.agent.picture import compare
from orchestration.agent.tool_versions import COMPUTER

# They act on what is under the pointer and nothing else. Not the middle one: it pastes, which is typing.
_PLAIN_CLICKS = CLICKS - {"middle_click"}


@dataclass(slots=True)
class Consequence:
    """Tells consequential actions from harmless ones.

    Consequential are typing, keys, shell, edits, drags, everything with a key or button held down, and
    clicks. A click is not asked about again while the screen is still the one on which the person approved
    the last click, apart from a blinking caret or a clock: any further change, also one that many clicks add
    up to, makes it another screen. So does anything else that was done meanwhile and may have led elsewhere.
    """

    _agreed: bytes | None = None
    _button_down: bool = False

    def judges_screen(self, mode: str, action: Action) -> bool:
        """Whether the answer of `needs_approval` depends on what the screen shows now."""
        return mode == "consequential" and self._is_plain_click(action) and self._agreed is not None

    def needs_approval(
        self, mode: str, action: Action, newest: bytes | None, points: Sequence[tuple[int, int]]
    ) -> bool:
        """Whether `action`, which aims at `points`, has to be approved in this approval mode.

        Args:
            newest: the screen as it is now, PNG; None where it is not known, which means yes for a click.
        """
        if mode == "auto":
            return False
        if mode == "each":
            return True
        if self._is_plain_click(action):
            agreed = self._agreed
            return agreed is None or newest is None or compare(agreed, newest, points).noticeable
        return not action.changes_nothing or (self._button_down and action.aims)

    def approved(self, action: Action, screen: bytes) -> None:
        """Take in that the person approved `action` on this screen, PNG."""
        if self._is_plain_click(action):
            self._agreed = screen

    def done(self, action: Action, succeeded: bool) -> None:
        """Take in that an action was sent; one that did not succeed may have been carried out even so."""
        if action.verb == "left_mouse_down":
            self._button_down = True
        elif action.verb == "left_mouse_up" and succeeded:
            self._button_down = False
        if not action.changes_nothing and not self._is_plain_click(action):
            self.forget()

    def forget(self) -> None:
        """Take in that the screen may be another one now, though it need not look so."""
        self._agreed = None

    def _is_plain_click(self, action: Action) -> bool:
        plain = action.tool == COMPUTER and action.verb in _PLAIN_CLICKS
        return plain and not action.modified and not self._button_down
