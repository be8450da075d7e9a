"""Pressing keys: single chords, and text in any script."""

import time
from collections.abc import Callable, Iterator

from desktop_control.display.connection import Connection
from desktop_control.display.keymap import Key, Keymap
from desktop_control.display.keysyms import keysym_of_character, keysym_of_name

_KEY_PRESS = 2
_KEY_RELEASE = 3
_LOCK_MASK = 2
_BITS = 8
# Characters between two looks at whether a person has taken over.
_CHUNK = 256
# A program that has not read one chunk in this time gets the next one all the same.
_READER_SECONDS = 2.0
_HOLD_CHECK_SECONDS = 0.05

Interrupted = Callable[[], None]


class Keyboard:
    """Sends key events through XTEST. Every method leaves no key down, also when it raises.

    `interrupted` is called between steps of long actions and raises to stop them. Text goes out in chunks,
    each when `wait_for_reader` says that the one before was read: keys that lie in a queue could not be
    called back.
    """

    def __init__(
        self, connection: Connection, keymap: Keymap, wait_for_reader: Callable[[float], None]
    ) -> None:
        self._connection = connection
        self._keymap = keymap
        self._wait_for_reader = wait_for_reader
        self._shift = keysym_of_name("shift")
        self._caps_lock = keysym_of_name("Caps_Lock")

    def type(self, text: str, interrupted: Interrupted) -> int:
        """Type `text` (no control characters but line break and tab) and return the number of keys
        pressed."""
        self._keymap.refresh()
        keysyms = [keysym_of_character(character) for character in text.replace("\r\n", "\n")]
        caps_lock = self._caps_lock_is_on()
        if caps_lock:
            self.press([[self._caps_lock]], 1, interrupted)
        try:
            for batch in self._batches(keysyms):
                interrupted()
                keys = self._keymap.keys(batch)
                self._strike([keys[keysym] for keysym in batch])
                self._wait_for_reader(_READER_SECONDS)
        finally:
            if caps_lock:
                self.press([[self._caps_lock]], 1, lambda: None)
        return len(keysyms)

    def press(self, chords: list[list[int]], repeat: int, interrupted: Interrupted) -> None:
        """Press and release each chord in turn, the whole `repeat` times."""
        self._keymap.refresh()
        for _ in range(repeat):
            for chord in chords:
                interrupted()
                with self.held(chord):
                    pass

    def hold(self, chord: list[int], seconds: float, interrupted: Interrupted) -> None:
        """Keep a chord down for `seconds`; the X server repeats the key as a keyboard would."""
        self._keymap.refresh()
        with self.held(chord):
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                interrupted()
                time.sleep(min(left, _HOLD_CHECK_SECONDS))

    def held(self, chord: list[int]) -> "Held":
        """A context in which the chord's keys are down, pressed in order and released in reverse."""
        keys = self._keymap.keys(chord)
        codes = [keys[keysym].code for keysym in chord]
        if any(keys[keysym].shifted for keysym in chord) and self._shift not in chord:
            codes.insert(0, self._keymap.keys([self._shift])[self._shift].code)
        return Held(self._connection, codes)

    def release_all(self) -> None:
        """Let go of every key that the server believes to be down: a killed predecessor may have held
        some."""
        pressed = self._connection.x.core.QueryKeymap().reply().keys
        for index, bits in enumerate(pressed):
            for bit in range(_BITS):
                if bits & (1 << bit):
                    _fake_key(self._connection, _KEY_RELEASE, index * _BITS + bit)
        self._connection.sync()

    def _batches(self, keysyms: list[int]) -> Iterator[list[int]]:
        """Runs of at most `_CHUNK` keysyms of which no more are off the layout than can be lent at once."""
        batch: list[int] = []
        lent: set[int] = set()
        for keysym in keysyms:
            needs_lending = not self._keymap.is_typed_by_layout(keysym) and keysym not in lent
            if len(batch) == _CHUNK or (needs_lending and len(lent) == self._keymap.capacity):
                yield batch
                batch, lent = [], set()
            batch.append(keysym)
            if not self._keymap.is_typed_by_layout(keysym):
                lent.add(keysym)
        if batch:
            yield batch

    def _strike(self, keys: list[Key]) -> None:
        """Press and release each key, with Shift held over runs that need it."""
        shift = self._keymap.keys([self._shift])[self._shift].code
        shift_is_down = False
        for key in keys:
            if key.shifted != shift_is_down:
                _fake_key(self._connection, _KEY_PRESS if key.shifted else _KEY_RELEASE, shift)
                shift_is_down = key.shifted
            _fake_key(self._connection, _KEY_PRESS, key.code)
            _fake_key(self._connection, _KEY_RELEASE, key.code)
        if shift_is_down:
            _fake_key(self._connection, _KEY_RELEASE, shift)
        self._connection.sync()

    def _caps_lock_is_on(self) -> bool:
        mask: int = self._connection.x.core.QueryPointer(self._connection.root).reply().mask
        return bool(mask & _LOCK_MASK)


class Held:
    """Keys that are down inside a `with` block."""

    def __init__(self, connection: Connection, codes: list[int]) -> None:
        self._connection = connection
        self._codes = codes

    def __enter__(self) -> None:
        for code in self._codes:
            _fake_key(self._connection, _KEY_PRESS, code)
        self._connection.sync()

    def __exit__(self, *_: object) -> None:
        for code in reversed(self._codes):
            _fake_key(self._connection, _KEY_RELEASE, code)
        self._connection.sync()


def _fake_key(connection: Connection, kind: int, code: int) -> None:
    connection.test.FakeInput(kind, code, 0, 0, 0, 0, 0)
