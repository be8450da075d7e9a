"""Reads a program's output as it comes and keeps a bounded part of it."""

import os
import threading

_CHUNK = 65536


class CappedStream:
    """Reads `descriptor` in a thread of its own. Of more than `limit` bytes it keeps the first and the last
    half.

    `expect(mark)` starts a section that ends where the stream contains `mark`. When the mark was found or the
    stream ended, `done` is True and `changed` is notified. Output that arrives between sections, from
    background jobs, becomes the start of the next section.
    """

    def __init__(self, descriptor: int, limit: int, changed: threading.Condition) -> None:
        self._descriptor = descriptor
        self._half = limit // 2
        self._changed = changed
        self._pending = b""
        self._mark = b""
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0
        self._ended = False
        self.done = False
        threading.Thread(target=self._drain, name="bash-output", daemon=True).start()

    def expect(self, mark: bytes) -> None:
        """Begin a section. The caller holds the condition and has called take() for the last section."""
        self._mark = mark
        self.done = self._ended

    def take(self) -> str:
        """Return the section's text so far and forget it. A note marks where the middle was left out; bytes
        that are not UTF-8, and NUL characters, appear as U+FFFD. The caller holds the condition."""
        if not self.done:
            self._keep(self._pending)
            self._pending = b""
        head, tail, dropped = bytes(self._head), bytes(self._tail), self._dropped
        self._head.clear()
        self._tail.clear()
        self._dropped = 0
        note = (
            f"\n[{dropped} bytes left out here; redirect large outputs to a file]\n".encode()
            if dropped
            else b""
        )
        return (head + note + tail).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")

    def _drain(self) -> None:
        while chunk := os.read(self._descriptor, _CHUNK):
            with self._changed:
                self._feed(chunk)
        os.close(self._descriptor)
        with self._changed:
            self._keep(self._pending)
            self._pending = b""
            self._ended = self.done = True
            self._changed.notify_all()

    def _feed(self, chunk: bytes) -> None:
        self._pending += chunk
        if self.done or not self._mark:
            return self._bound_pending()
        found = self._pending.find(self._mark)
        if found >= 0:
            self._keep(self._pending[:found])
            self._pending = self._pending[found + len(self._mark) :]
            self.done = True
            self._changed.notify_all()
        else:
            safe = max(0, len(self._pending) - len(self._mark) + 1)
            self._keep(self._pending[:safe])
            self._pending = self._pending[safe:]

    def _bound_pending(self) -> None:
        """Between sections keep the latest output for the next section, up to the limit."""
        self._pending = self._pending[-2 * self._half :]

    def _keep(self, data: bytes) -> None:
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        excess = len(self._tail) - self._half
        if excess > 0:
            self._dropped += excess
            del self._tail[:excess]
