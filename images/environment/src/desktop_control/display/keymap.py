"""Which keycode types which keysym. Keysyms that the keyboard layout lacks borrow an unused keycode."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

import xcffib.xproto

from desktop_control.display.connection import Connection

_NO_SYMBOL = 0
# Multimedia and vendor keys: nobody types text with them, so their keycodes may be borrowed.
_VENDOR_KEYSYMS = range(0x1008FE00, 0x10090000)
_KEYPAD = range(0xFF80, 0xFFBE)
_SHIFT_LEVEL = 1
_READER_SECONDS = 1.5
# Above the keys of an ordinary keyboard, where nearly all keycodes are unused.
_FIRST_BORROWED_CODE = 147


@dataclass(frozen=True)
class Key:
    """A keycode, and whether Shift must be held for the wanted keysym."""

    code: int
    shifted: bool


class Keymap:
    """The server's keyboard mapping. Unused keycodes are assigned to keysyms that the layout lacks; when all
    are taken, the least recently used one is assigned anew.

    A client looks a keycode up when it handles the key event, not when the event was sent. So a keycode is
    assigned anew only after `wait_for_reader` has said that the keys sent so far have been read.
    """

    def __init__(self, connection: Connection, wait_for_reader: Callable[[float], None]) -> None:
        self._connection = connection
        self._wait_for_reader = wait_for_reader
        self._layout: dict[int, Key] = {}
        self._borrowed: OrderedDict[int, int] = OrderedDict()
        self._free: list[int] = []
        self._rows: dict[int, list[int]] = {}
        self._load()

    @property
    def capacity(self) -> int:
        """How many distinct keysyms beyond the layout fit at once."""
        return len(self._borrowed) + len(self._free)

    def refresh(self) -> None:
        """Read the mapping again if another client (or the person at the viewer) changed it."""
        changed = False
        while (event := self._connection.x.poll_for_event()) is not None:
            changed = changed or isinstance(event, xcffib.xproto.MappingNotifyEvent)
        if changed:
            self._load()

    def keys(self, keysyms: Iterable[int]) -> dict[int, Key]:
        """A key for each keysym; at most `capacity` of them may be missing from the layout."""
        wanted = set(keysyms)
        found = {keysym: self._layout[keysym] for keysym in wanted if keysym in self._layout}
        missing = wanted - found.keys()
        for keysym in missing & self._borrowed.keys():
            self._borrowed.move_to_end(keysym)
        new = sorted(missing - self._borrowed.keys())
        if new:
            self._borrow(new)
        return found | {keysym: Key(self._borrowed[keysym], shifted=False) for keysym in missing}

    def is_typed_by_layout(self, keysym: int) -> bool:
        """Whether the keyboard layout has a key for it, so that no keycode must be borrowed."""
        return keysym in self._layout

    def _borrow(self, keysyms: list[int]) -> None:
        if len(keysyms) > len(self._free):
            self._wait_for_reader(_READER_SECONDS)
        changed = []
        for keysym in keysyms:
            code = self._free.pop(0) if self._free else self._borrowed.popitem(last=False)[1]
            # The same keysym on all levels: otherwise the server derives the other case for Shift and Caps
            # Lock.
            self._rows[code] = [keysym] * len(self._rows[code])
            self._borrowed[keysym] = code
            changed.append(code)
        # One request for the whole range, unchanged keycodes included: after each request the window manager
        # grabs its keys again, which takes it a tenth of a second.
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
        self._borrowed = OrderedDict(
            (keysym, code) for keysym, code in self._borrowed.items() if self._rows[code][0] == keysym
        )
        borrowed_codes = set(self._borrowed.values())
        own = {code: row for code, row in self._rows.items() if code not in borrowed_codes}
        self._free = [code for code, row in own.items() if code >= _FIRST_BORROWED_CODE and _is_spare(row)]
        self._layout = _layout({code: row for code, row in own.items() if code not in self._free})


def _is_spare(row: list[int]) -> bool:
    return all(keysym == _NO_SYMBOL or keysym in _VENDOR_KEYSYMS for keysym in row)


def _layout(rows: dict[int, list[int]]) -> dict[int, Key]:
    """Keys of the first group's first two levels. A keysym that can be typed without Shift is typed
    without."""
    layout: dict[int, Key] = {}
    for level in (0, _SHIFT_LEVEL):
        for code, row in rows.items():
            if len(row) <= level or row[level] == _NO_SYMBOL or row[0] == _NO_SYMBOL:
                continue
            # The keypad's shifted level is left out: what it types depends on Num Lock.
            if level == 0 or row[level] not in _KEYPAD:
                layout.setdefault(row[level], Key(code, shifted=level == _SHIFT_LEVEL))
    return layout
