"""Presses keys: single chords, and text in any script."""

import time
from collections.abc import Callable, Iterator

from desktop_control.display.connection import Connection
from desktop_control.display.keymap import Key, Keymap
from desktop_control.display.keysyms import keysym_of_character, keysym_of_name

_KEY_PRESS = 2
_KEY_RELEASE = 3
_LOCK_MASK = 2
_BITS = 8
# Characters that are typed between two checks whether a person has taken over.
_CHUNK = 256
# After this time the next chunk is sent even if the program has not read the last one.
_READER_SECONDS = 2.0
_HOLD_CHECK_SECONDS = 0.05

Interrupted = Callable[[], None]


class Keyboard:
    """Sends key events through XTEST. Every method releases all keys before it returns or raises.

    `interrupted` is called between the steps of long actions and raises an exception to stop them. Text is
    sent in chunks, and `wait_for_reader` waits between them until the last one was read, because keys that
    were sent cannot be taken back.
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
        """Hold a chord down for `seconds`; the X server repeats the key as for a keyboard."""
        self._keymap.refresh()
        with self.held(chord):
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                interrupted()
                time.sleep(min(left, _HOLD_CHECK_SECONDS))

    def held(self, chord: list[int]) -> "Held":
        """A context manager that holds the chord's keys: pressed in order, released in reverse."""
        keys = self._keymap.keys(chord)
        codes = [keys[keysym].code for keysym in chord]
        if any(keys[keysym].shifted for keysym in chord) and self._shift not in chord:
            codes.insert(0, self._keymap.keys([self._shift])[self._shift].code)
        return Held(self._connection, codes)

    def release_all(self) -> None:
        """Release every key that the server believes to be pressed: a process that was killed may have held
        some."""
        pressed = self._connection.x.core.QueryKeymap().reply().keys
        for index, bits in enumerate(pressed):
            for bit in range(_BITS):
                if bits & (1 << bit):
                    _fake_key(self._connection, _KEY_RELEASE, index * _BITS + bit)
        self._connection.sync()

    def _batches(self, keysyms: list[int]) -> Iterator[list[int]]:
        """Batches of at most `_CHUNK` keysyms, none with more keysyms beyond the layout than fit at once."""
        batch: list[int] = []
        borrowed: set[int] = set()
        for keysym in keysyms:
            must_borrow = not self._keymap.is_typed_by_layout(keysym) and keysym not in borrowed
            if len(batch) == _CHUNK or (must_borrow and len(borrowed) == self._keymap.capacity):
                yield batch
                batch, borrowed = [], set()
            batch.append(keysym)
            if not self._keymap.is_typed_by_layout(keysym):
                borrowed.add(keysym)
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
    """Holds keys down inside a `with` block."""

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
