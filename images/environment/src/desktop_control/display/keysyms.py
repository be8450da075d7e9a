"""Translates key names and characters to X keysyms, with libxkbcommon."""

import ctypes
from functools import cache

_NO_SYMBOL = 0
_CASE_INSENSITIVE = 1
MODIFIERS = ("ctrl", "shift", "alt", "super")
_LINE_BREAKS = {"\n": 0xFF0D, "\r": 0xFF0D, "\t": 0xFF09}

# Common names of keys, as people and models write them, and the X names.
_ALIASES = {
    "ctrl": "Control_L",
    "control": "Control_L",
    "alt": "Alt_L",
    "option": "Alt_L",
    "shift": "Shift_L",
    "super": "Super_L",
    "win": "Super_L",
    "windows": "Super_L",
    "cmd": "Super_L",
    "command": "Super_L",
    "meta": "Meta_L",
    "altgr": "ISO_Level3_Shift",
    "enter": "Return",
    "esc": "Escape",
    "del": "Delete",
    "ins": "Insert",
    "backspace": "BackSpace",
    "spacebar": "space",
    "pgup": "Page_Up",
    "pageup": "Page_Up",
    "pgdn": "Page_Down",
    "pagedown": "Page_Down",
    "arrowup": "Up",
    "arrowdown": "Down",
    "arrowleft": "Left",
    "arrowright": "Right",
    "capslock": "Caps_Lock",
    "numlock": "Num_Lock",
    "scrolllock": "Scroll_Lock",
    "printscreen": "Print",
    "prtsc": "Print",
}


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libxkbcommon.so.0")
    library.xkb_keysym_from_name.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.xkb_keysym_from_name.restype = ctypes.c_uint32
    library.xkb_utf32_to_keysym.argtypes = [ctypes.c_uint32]
    library.xkb_utf32_to_keysym.restype = ctypes.c_uint32
    return library


class UnknownKeyError(ValueError):
    """A key name or a character for which there is no X keysym."""


@cache
def keysym_of_character(character: str) -> int:
    """The keysym that types `character`; line breaks become Return, tabs become Tab."""
    if character in _LINE_BREAKS:
        return _LINE_BREAKS[character]
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000:
        raise UnknownKeyError(
            f"U+{code:04X} is a control character or half a surrogate pair and cannot be typed"
        )
    keysym: int = _library().xkb_utf32_to_keysym(code)
    if keysym == _NO_SYMBOL:
        raise UnknownKeyError(f"U+{code:04X} has no keysym")
    return keysym


@cache
def keysym_of_name(name: str) -> int:
    """The keysym called `name`: an X name (`Return`, `dead_acute`), a common alias (`ctrl`), or one
    character."""
    if len(name) == 1:
        return keysym_of_character(name)
    wanted = _ALIASES.get(name.lower(), name)
    if not wanted.isascii() or "\0" in wanted:
        raise UnknownKeyError(f"{name!r} is not the name of a key")
    encoded = wanted.encode("ascii")
    exact: int = _library().xkb_keysym_from_name(encoded, 0)
    keysym: int = exact or _library().xkb_keysym_from_name(encoded, _CASE_INSENSITIVE)
    if keysym == _NO_SYMBOL:
        raise UnknownKeyError(
            f"{name!r} is not the name of a key; use X names such as Return, Page_Down, F5, ctrl+s, alt+Tab"
        )
    return keysym


def parse_chords(text: str) -> list[list[int]]:
    """Parses `"ctrl+shift+t Down"`: one list of keysyms for each chord; chords are separated by blanks.

    The plus key is `plus`, or `+` alone or at the end of a chord (`ctrl++`). Raises UnknownKeyError.
    """
    chords = [[keysym_of_name(part) for part in _split_chord(chord)] for chord in text.split()]
    if not chords:
        raise UnknownKeyError(f"{text!r} names no key; for a blank use 'space'")
    return chords


def parse_modifiers(text: str) -> list[int]:
    """Parses `"ctrl+shift"`, the keys to hold down during a mouse action. Raises UnknownKeyError for any key
    that is not in MODIFIERS, so that a mouse action cannot type."""
    names = text.split("+")
    for name in names:
        if name not in MODIFIERS or names.count(name) > 1:
            raise UnknownKeyError(
                f"{text!r} cannot be held during a mouse action: name {', '.join(MODIFIERS[:-1])} or "
                f"{MODIFIERS[-1]}, each once, joined with '+' (ctrl+shift); other keys are for the key action"
            )
    return [keysym_of_name(name) for name in names]


def _split_chord(chord: str) -> list[str]:
    if chord == "+":
        return ["plus"]
    if chord.endswith("++"):
        return [*_split_chord(chord[:-2]), "plus"]
    parts = chord.split("+")
    if "" in parts:
        raise UnknownKeyError(f"{chord!r} has a '+' with nothing beside it; the key itself is called 'plus'")
    return parts
