"""Which keycode types which keysym, and the spare keycodes that are lent to keysyms the layout lacks."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

import xcffib.xproto

from desktop_control.display.connection import Connection

_NO_SYMBOL = 0
# Multimedia and vendor keys: nobody types with them, so their keycodes may be lent.
_VENDOR_KEYSYMS = range(0x1008FE00, 0x10090000)
_KEYPAD = range(0xFF80, 0xFFBE)
_SHIFT_LEVEL = 1
_READER_SECONDS = 1.5
# Above the keys of an ordinary keyboard, where nearly all are spare.
_FIRST_LENT_CODE = 147


@dataclass(frozen=True)
class Key:
    """A keycode, and whether Shift must be held for the wanted keysym."""

    code: int
    shifted: bool


class Keymap:
    """The server's keyboard mapping with a least-recently-used set of lent keycodes.

    A client looks a keycode up when it handles the key event, not when the event was made. So a lent keycode
    keeps its keysym until all are taken, and only after `wait_for_reader` (keys already sent have been read)
    is one lent anew.
    """

    def __init__(self, connection: Connection, wait_for_reader: Callable[[float], None]) -> None:
        self._connection = connection
        self._wait_for_reader = wait_for_reader
        self._layout: dict[int, Key] = {}
        self._lent: OrderedDict[int, int] = OrderedDict()
        self._free: list[int] = []
        self._rows: dict[int, list[int]] = {}
        self._load()

    @property
    def capacity(self) -> int:
        """How many distinct keysyms beyond the layout can be typed before keycodes must be lent anew."""
        return len(self._lent) + len(self._free)

    def refresh(self) -> None:
        """Read the mapping again if another client (or the person at the viewer) changed it."""
        changed = False
        while (event := self._connection.x.poll_for_event()) is not None:
            changed = changed or isinstance(event, xcffib.xproto.MappingNotifyEvent)
        if changed:
            self._load()

    def keys(self, keysyms: Iterable[int]) -> dict[int, Key]:
        """A key for each keysym, at most `capacity` of them beyond the layout; lends keycodes where
        needed."""
        wanted = set(keysyms)
        found = {keysym: self._layout[keysym] for keysym in wanted if keysym in self._layout}
        missing = wanted - found.keys()
        for keysym in missing & self._lent.keys():
            self._lent.move_to_end(keysym)
        new = sorted(missing - self._lent.keys())
        if new:
            self._lend(new)
        return found | {keysym: Key(self._lent[keysym], shifted=False) for keysym in missing}

    def is_typed_by_layout(self, keysym: int) -> bool:
        """Whether the keyboard layout has a key for it, so that nothing needs to be lent."""
        return keysym in self._layout

    def _lend(self, keysyms: list[int]) -> None:
        if len(keysyms) > len(self._free):
            self._wait_for_reader(_READER_SECONDS)
        changed = []
        for keysym in keysyms:
            code = self._free.pop(0) if self._free else self._lent.popitem(last=False)[1]
            # The same keysym on all levels: else the server derives the other case for Shift and Caps Lock.
            self._rows[code] = [keysym] * len(self._rows[code])
            self._lent[keysym] = code
            changed.append(code)
        # One request, with what lies between written as it is: after each the window manager grabs its keys
        # anew, which takes it a tenth of a second.
        rows = [self._rows[code] for code in range(min(changed), max(changed) + 1)]
        self._connection.x.core.ChangeKeyboardMapping(
            len(rows), min(changed), len(rows[0]), list(chain.from_iterable(rows))
        )
        self._connection.sync()

    def _load(self) -> None:
        first, last = self._connection.first_keycode, self._connection.last_keycode
        reply = self._connection.x.core.GetKeyboardMapping(first, last - first + 1).reply()
        width, symbols = reply.keysyms_per_keycode, list(reply.keysyms)
        self._rows = {
            first + row: symbols[row * width : (row + 1) * width] for row in range(last - first + 1)
        }
        self._lent = OrderedDict(
            (keysym, code) for keysym, code in self._lent.items() if self._rows[code][0] == keysym
        )
        lent_codes = set(self._lent.values())
        own = {code: row for code, row in self._rows.items() if code not in lent_codes}
        self._free = [code for code, row in own.items() if code >= _FIRST_LENT_CODE and _is_spare(row)]
        self._layout = _layout({code: row for code, row in own.items() if code not in self._free})


def _is_spare(row: list[int]) -> bool:
    return all(keysym == _NO_SYMBOL or keysym in _VENDOR_KEYSYMS for keysym in row)


def _layout(rows: dict[int, list[int]]) -> dict[int, Key]:
    """The first two levels of the first group; a level without Shift wins over one with it."""
    layout: dict[int, Key] = {}
    for level in (0, _SHIFT_LEVEL):
        for code, row in rows.items():
            if len(row) <= level or row[level] == _NO_SYMBOL or row[0] == _NO_SYMBOL:
                continue
            # Whether Shift gives a keypad's digit depends on Num Lock.
            if level == 0 or row[level] not in _KEYPAD:
                layout.setdefault(row[level], Key(code, shifted=level == _SHIFT_LEVEL))
    return layout
