"""What the model may ask for: each tool's input, checked before anything is sent, and how serious it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.agent.tool_versions import BASH, COMPUTER, EDITOR

LONGEST_HOLD_SECONDS = 300
LONGEST_TEXT = 100_000
BASH_SECONDS = 150
MODIFIERS = ("ctrl", "shift", "alt", "super")
SCROLL_DIRECTIONS = ("up", "down", "left", "right")


class InvalidInput(ValueError):
    """The model's input does not fit the tool; the text is ours, short, and safe to send back."""


@dataclass(frozen=True, slots=True)
class Action:
    """One checked request for a tool.

    `tool` is the control API's name; `input` what it takes (a computer action under `action`); `verb` says
    what it does: the computer action, the editor command, `bash` or `restart`. `points` are the pixels that
    it aims at (a drag has two, a zoom the corners of its region; none where it aims at the pointer);
    `seconds` is the longest that it may take by itself.
    """

    tool: str
    input: Mapping[str, Any]
    verb: str
    points: tuple[tuple[int, int], ...] = ()
    seconds: float = 0.0

    @property
    def on_screen(self) -> bool:
        """Whether it sends mouse or keyboard input, so that what is on the screen matters."""
        return self.tool == COMPUTER and self.verb not in LOOKING

    @property
    def changes_nothing(self) -> bool:
        """Looking, waiting, scrolling and moving the pointer, with no key held."""
        if self.tool == EDITOR:
            return self.verb == "view"
        return self.tool == COMPUTER and self.verb in HARMLESS and not self.modified

    @property
    def aims(self) -> bool:
        """Whether it moves the pointer or uses its buttons or wheel."""
        return self.tool == COMPUTER and self.verb in AIMED

    @property
    def modified(self) -> bool:
        """Whether it holds keys down during a mouse action."""
        return self.aims and "text" in self.input

    @property
    def aims_at_pointer(self) -> bool:
        """Whether it takes place where the pointer happens to be."""
        return self.aims and not self.points


LOOKING = frozenset({"screenshot", "zoom", "cursor_position", "wait"})
HARMLESS = LOOKING | {"mouse_move", "scroll"}
CLICKS = frozenset({"left_click", "right_click", "middle_click", "double_click", "triple_click"})
AIMED = CLICKS | {"mouse_move", "scroll", "left_click_drag", "left_mouse_down", "left_mouse_up"}


def parse(name: str, toolset: str | None, value: object, width: int, height: int) -> Action:
    """Check what the model asked for against a screen of `width` x `height` pixels.

    Args:
        name: the tool_use block's name: a tool, or a member of the computer toolset.
        toolset: the block's toolset name, if it has one.

    Raises:
        InvalidInput: an unknown tool or action, a missing, unknown or ill-typed field, a pixel off the
            screen.
    """
    if not isinstance(value, dict):
        raise InvalidInput("The input must be a JSON object.")
    if toolset is not None:
        if toolset != COMPUTER:
            raise InvalidInput("Unknown toolset.")
        return _computer(name, value, width, height)
    if name == COMPUTER:
        rest = {key: item for key, item in value.items() if key != "action"}
        action = value.get("action")
        if not isinstance(action, str):
            raise InvalidInput("'action' must be the name of an action.")
        return _computer(action, rest, width, height)
    if name == BASH:
        return _bash(value)
    if name == EDITOR:
        return _editor(value)
    raise InvalidInput(f"Unknown tool. The tools are: {COMPUTER}, {BASH}, {EDITOR}.")


class _Fields:
    """Takes fields out of an input one by one; what is left at the end was not expected."""

    def __init__(self, value: Mapping[str, Any], width: int = 0, height: int = 0) -> None:
        self._left = dict(value)
        self._width = width
        self._height = height

    def take(self, name: str, needed: bool) -> Any:
        value = self._left.pop(name, None)
        if value is None and needed:
            raise InvalidInput(f"'{name}' is missing.")
        return value

    def text(self, name: str, needed: bool = True) -> str | None:
        value = self.take(name, needed)
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST_TEXT):
            raise InvalidInput(f"'{name}' must be text of at most {LONGEST_TEXT} characters.")
        return value

    def modifiers(self, name: str) -> None:
        value = self.take(name, needed=False)
        if value is None:
            return
        parts = value.split("+") if isinstance(value, str) else []
        if not parts or any(part not in MODIFIERS or parts.count(part) > 1 for part in parts):
            raise InvalidInput(
                f"'{name}' names keys to hold during a mouse action: {', '.join(MODIFIERS[:-1])} or "
                f"{MODIFIERS[-1]}, each once, joined with '+'. Other keys are for the key action."
            )

    def pixel(self, name: str, needed: bool) -> tuple[int, int] | None:
        value = self.take(name, needed)
        return None if value is None else self._pixels(name, value, 2)[0]

    def region(self, name: str) -> tuple[tuple[int, int], ...]:
        corners = self._pixels(name, self.take(name, True), 4)
        (left, top), (right, bottom) = corners
        if right <= left or bottom <= top:
            raise InvalidInput(
                f"'{name}' must be [left, top, right, bottom] with right > left and bottom > top."
            )
        return corners

    def _pixels(self, name: str, value: object, count: int) -> tuple[tuple[int, int], ...]:
        if (
            not isinstance(value, list | tuple)
            or len(value) != count
            or any(type(n) is not int for n in value)
        ):
            raise InvalidInput(f"'{name}' must be {count} whole numbers.")
        points = tuple((value[index], value[index + 1]) for index in range(0, count, 2))
        # A region's right and bottom edge may lie on the screen's edge.
        slack = 1 if count == 4 else 0
        if any(not (0 <= x < self._width + slack and 0 <= y < self._height + slack) for x, y in points):
            raise InvalidInput(f"'{name}' lies outside the screen of {self._width}x{self._height} pixels.")
        return points

    def number(
        self, name: str, lowest: float, highest: float, whole: bool, needed: bool = True
    ) -> float | None:
        value = self.take(name, needed)
        if value is None:
            return None
        fits = type(value) is int or (type(value) is float and not whole)
        if not fits or not lowest <= value <= highest:
            kind = "a whole number" if whole else "a number"
            raise InvalidInput(f"'{name}' must be {kind} from {lowest:g} to {highest:g}.")
        return float(value)

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.take(name, True)
        if value not in choices:
            raise InvalidInput(f"'{name}' must be one of {', '.join(choices)}.")
        return str(value)

    def done(self) -> None:
        unexpected = [name for name, value in self._left.items() if value is not None]
        if unexpected:
            raise InvalidInput("Unknown field.")


_Reading = tuple[tuple[tuple[int, int], ...], float]


def _points(*pixels: tuple[int, int] | None) -> tuple[tuple[int, int], ...]:
    return tuple(pixel for pixel in pixels if pixel is not None)


def _nothing(fields: _Fields) -> _Reading:
    return (), 0.0


def _move(fields: _Fields) -> _Reading:
    return _points(fields.pixel("coordinate", True)), 0.0


def _click(fields: _Fields) -> _Reading:
    fields.modifiers("text")
    return _points(fields.pixel("coordinate", False)), 0.0


def _drag(fields: _Fields) -> _Reading:
    start = fields.pixel("start_coordinate", True)
    fields.modifiers("text")
    return _points(start, fields.pixel("coordinate", True)), 0.0


def _scroll(fields: _Fields) -> _Reading:
    point = fields.pixel("coordinate", False)
    fields.one_of("scroll_direction", SCROLL_DIRECTIONS)
    fields.number("scroll_amount", 0, 100, whole=True)
    fields.modifiers("text")
    return _points(point), 0.0


def _type(fields: _Fields) -> _Reading:
    text = fields.text("text")
    return (), len(text or "") / 100


def _key(fields: _Fields) -> _Reading:
    fields.text("text")
    fields.number("repeat", 1, 100, whole=True, needed=False)
    return (), 0.0


def _hold_key(fields: _Fields) -> _Reading:
    fields.text("text")
    return (), fields.number("duration", 0, LONGEST_HOLD_SECONDS, whole=False) or 0.0


def _wait(fields: _Fields) -> _Reading:
    return (), fields.number("duration", 0, LONGEST_HOLD_SECONDS, whole=False) or 0.0


def _zoom(fields: _Fields) -> _Reading:
    return fields.region("region"), 0.0


_COMPUTER: Mapping[str, Callable[[_Fields], _Reading]] = {
    "screenshot": _nothing,
    "cursor_position": _nothing,
    "mouse_move": _move,
    **dict.fromkeys(sorted(CLICKS), _click),
    "left_click_drag": _drag,
    "left_mouse_down": _nothing,
    "left_mouse_up": _nothing,
    "scroll": _scroll,
    "type": _type,
    "key": _key,
    "hold_key": _hold_key,
    "wait": _wait,
    "zoom": _zoom,
}
COMPUTER_ACTIONS = tuple(_COMPUTER)


def _computer(action: str, value: Mapping[str, Any], width: int, height: int) -> Action:
    reader = _COMPUTER.get(action)
    if reader is None:
        raise InvalidInput(f"Unknown action. The actions are: {', '.join(_COMPUTER)}.")
    fields = _Fields(value, width, height)
    points, seconds = reader(fields)
    fields.done()
    given = {name: item for name, item in value.items() if item is not None}
    return Action(COMPUTER, {"action": action, **given}, action, points, seconds)


def _bash(value: Mapping[str, Any]) -> Action:
    fields = _Fields(value)
    command = fields.text("command", needed=False)
    restart = fields.take("restart", False)
    fields.done()
    if restart not in (None, True, False):
        raise InvalidInput("'restart' must be true or false.")
    if restart:
        return Action(BASH, {"restart": True}, "restart", seconds=BASH_SECONDS)
    if not command:
        raise InvalidInput("'command' is missing.")
    return Action(BASH, {"command": command}, BASH, seconds=BASH_SECONDS)


def _editor(value: Mapping[str, Any]) -> Action:
    fields = _Fields(value)
    command = fields.one_of("command", ("view", "create", "str_replace", "insert"))
    fields.text("path")
    if command == "view":
        view_range = fields.take("view_range", False)
        if view_range is not None and (
            not isinstance(view_range, list)
            or len(view_range) != 2
            or any(type(n) is not int for n in view_range)
        ):
            raise InvalidInput("'view_range' must be two whole numbers.")
    elif command == "create":
        fields.text("file_text")
    elif command == "str_replace":
        fields.text("old_str")
        fields.text("new_str", needed=False)
    else:
        fields.number("insert_line", 0, 100_000_000, whole=True)
        fields.text("insert_text")
    fields.done()
    given = {name: item for name, item in value.items() if item is not None}
    return Action(EDITOR, given, command)
