"""The computer tool's actions, one model each. Input that fits no model is refused."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from desktop_control.display.keysyms import (
    UnknownKeyError,
    keysym_of_character,
    parse_chords,
    parse_modifiers,
)

_MAX_TEXT = 100_000
_MAX_SECONDS = 300
_MAX_REPEAT = 100
_MAX_SCROLL = 100


def _is_chords(text: str) -> str:
    parse_chords(text)
    return text


def _is_one_chord(text: str) -> str:
    if len(parse_chords(text)) != 1:
        raise UnknownKeyError(
            f"{text!r} is several keys one after the other; join keys to hold together with '+'"
        )
    return text


def _is_modifiers(text: str) -> str:
    parse_modifiers(text)
    return text


def _is_typeable(text: str) -> str:
    for position, character in enumerate(text):
        try:
            keysym_of_character(character)
        except UnknownKeyError as error:
            raise UnknownKeyError(f"character {position}: {error}; use the key action for keys") from None
    return text


# Whole pixels, counted from 0. `check_within` in computer.py checks them against the screenshot's size.
Pixel = Annotated[int, Field(strict=True, ge=0)]
Coordinate = Annotated[list[Pixel], Field(min_length=2, max_length=2)]
Region = Annotated[list[Pixel], Field(min_length=4, max_length=4)]
Chords = Annotated[str, Field(strict=True, min_length=1, max_length=1000), AfterValidator(_is_chords)]
Chord = Annotated[str, Field(strict=True, min_length=1, max_length=100), AfterValidator(_is_one_chord)]
Modifiers = Annotated[str, Field(strict=True, min_length=1, max_length=100), AfterValidator(_is_modifiers)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=_MAX_TEXT), AfterValidator(_is_typeable)]
Seconds = Annotated[float, Field(strict=True, gt=0, le=_MAX_SECONDS, allow_inf_nan=False)]


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Screenshot(_Action):
    action: Literal["screenshot"]


class CursorPosition(_Action):
    action: Literal["cursor_position"]


class MouseMove(_Action):
    action: Literal["mouse_move"]
    coordinate: Coordinate


class Click(_Action):
    """`text` names modifier keys to hold down during the click. Without `coordinate` the click is at the
    pointer's position."""

    action: Literal["left_click", "right_click", "middle_click", "double_click", "triple_click"]
    coordinate: Coordinate | None = None
    text: Modifiers | None = None


class LeftClickDrag(_Action):
    """Without `start_coordinate` (tool version 20241022) the drag starts at the pointer's position. `text` as
    in Click."""

    action: Literal["left_click_drag"]
    start_coordinate: Coordinate | None = None
    coordinate: Coordinate
    text: Modifiers | None = None


class MouseButton(_Action):
    action: Literal["left_mouse_down", "left_mouse_up"]


class Scroll(_Action):
    """`text` as in Click."""

    action: Literal["scroll"]
    coordinate: Coordinate | None = None
    scroll_direction: Literal["up", "down", "left", "right"]
    scroll_amount: Annotated[int, Field(strict=True, ge=0, le=_MAX_SCROLL)]
    text: Modifiers | None = None


class Type(_Action):
    action: Literal["type"]
    text: Text


class Key(_Action):
    action: Literal["key"]
    text: Chords
    repeat: Annotated[int, Field(strict=True, ge=1, le=_MAX_REPEAT)] | None = None


class HoldKey(_Action):
    action: Literal["hold_key"]
    text: Chord
    duration: Seconds


class Wait(_Action):
    action: Literal["wait"]
    duration: Seconds


class Zoom(_Action):
    action: Literal["zoom"]
    region: Region


ComputerInput = (
    Screenshot
    | CursorPosition
    | MouseMove
    | Click
    | LeftClickDrag
    | MouseButton
    | Scroll
    | Type
    | Key
    | HoldKey
    | Wait
    | Zoom
)
InputAction = MouseMove | Click | LeftClickDrag | MouseButton | Scroll | Type | Key | HoldKey

COMPUTER_INPUT: TypeAdapter[ComputerInput] = TypeAdapter(
    Annotated[ComputerInput, Field(discriminator="action")]
)
