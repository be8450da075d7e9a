"""The record's writer: appends events durably, one process at a time.

Layout below the data directory: `events.jsonl` (the chain), `events.head` (the last seq and hash, so that a
cut-off end is noticed), `screens/` (images by hash). An append returns after the event is on the disk; the
agent's loop sends an action only after that.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.record.chain import GENESIS, Event, MalformedEvent, event_hash, jsonable, parse_line
from orchestration.record.redaction import Redactor
from orchestration.record.screens import Screens, sync_folder

EVENTS_FILE = "events.jsonl"
HEAD_FILE = "events.head"
SCREENS_FOLDER = "screens"
HEAD_BYTES = 128
CREATED = "record_created"


Publish = Callable[[Event, str], None]


class RecordError(RuntimeError):
    """The record cannot be written or continued; nothing may be sent to the desktop."""


def record_id(first: Event) -> str | None:
    """The id of the record that begins with an event; None when a record does not begin so."""
    identifier = first.data.get("record") if first.kind == CREATED and first.seq == 0 else None
    return identifier if isinstance(identifier, str) and identifier else None


class Journal:
    """The open record. `publish` is called with each event, and the record's id, after it is durable. Safe to
    use from any thread.

    `id` is made with the record and stands in its first event.
    """

    def __init__(
        self, directory: Path, redactor: Redactor, publish: Publish = lambda event, record: None
    ) -> None:
        """Open or create the record and repair what a sudden end left behind.

        Raises:
            RecordError: another process has it open, or its last event is not what it should be (then a
                person
                has to look: `verify` says what is wrong).
        """
        self._directory = directory
        self._redactor = redactor
        self._publish = publish
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Event], None]] = []
        self.failed = False
        self.id = secrets.token_hex(16)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = directory / EVENTS_FILE
        self.screens = Screens(directory / SCREENS_FOLDER)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise RecordError("another process has the record open") from None
        try:
            torn = self._cut_torn_end()
            self._seq, self._hash = self._last()
            self._head_descriptor = os.open(directory / HEAD_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        except BaseException:
            os.close(self._descriptor)
            raise
        if self._seq < 0:
            sync_folder(directory)
            self.append(CREATED, {"record": self.id, "format": 1})
        else:
            self._write_head()
        if torn:
            self.append("torn_end_cut", torn)

    def append(self, kind: str, data: dict[str, Any], conversation: str = "") -> Event:
        """Write one event and return when it is on the disk. Secrets are replaced before anything else.

        Raises:
            RecordError: the disk refused. The event must be taken as not recorded.
        """
        clean = self.redacted(data)
        with self._lock:
            if self._descriptor < 0:
                raise RecordError("the record is closed")
            seq, previous = self._seq + 1, self._hash
            time = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            digest = event_hash(seq, time, kind, conversation, clean, previous)
            event = Event(seq, time, kind, conversation, clean, previous, digest)
            self._write(event.line())
            self._seq, self._hash = seq, digest
            self._write_head()
            self._publish(event, self.id)
            for listener in self._listeners:
                listener(event)
        return event

    def redacted(self, value: Any) -> Any:
        """What `append` would make of a JSON value."""
        return self._redactor.value(jsonable(value))

    def put_screen(self, image: bytes) -> str:
        """Store a screenshot; the digest returned goes into the event that refers to it.

        Raises:
            RecordError: the disk refused.
        """
        try:
            return self.screens.put(image)
        except OSError as error:
            raise RecordError(f"the screenshot could not be stored: {error.strerror}") from error

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each later event, in order, under the record's lock."""
        with self._lock:
            self._listeners.append(listener)

    def events(self) -> Iterator[Event]:
        """Every event so far, from the file."""
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield parse_line(line)

    @property
    def head(self) -> tuple[int, str]:
        """The last event's seq and hash."""
        with self._lock:
            return self._seq, self._hash

    def close(self) -> None:
        """Give the record up; later appends fail."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                os.close(self._head_descriptor)
                self._descriptor = -1

    def _write(self, line: bytes) -> None:
        size = os.fstat(self._descriptor).st_size
        try:
            written = os.write(self._descriptor, line)
            if written != len(line):
                raise OSError(28, "short write")
            os.fdatasync(self._descriptor)
            self.failed = False
        except OSError as error:
            # Half a line would tear the chain for the next append.
            os.ftruncate(self._descriptor, size)
            self.failed = True
            raise RecordError(f"the record could not be written: {error.strerror}") from error

    def _write_head(self) -> None:
        """In place and not synced: after a power cut it may lag, which `verify` allows; it is never ahead."""
        line = json.dumps({"seq": self._seq, "hash": self._hash}).ljust(HEAD_BYTES - 1) + "\n"
        try:
            os.pwrite(self._head_descriptor, line.encode(), 0)
        except OSError as error:
            raise RecordError(f"the record's head could not be written: {error.strerror}") from error

    def _cut_torn_end(self) -> dict[str, Any] | None:
        """Move an unfinished last line aside; a process that died in the middle of a write leaves one."""
        size = os.fstat(self._descriptor).st_size
        data = b""
        position = size
        while position > 0 and b"\n" not in data:
            step = min(65536, position)
            position -= step
            data = os.pread(self._descriptor, step, position) + data
        tail = data[data.rfind(b"\n") + 1 :]
        if not tail:
            return None
        digest = hashlib.sha256(tail).hexdigest()
        (self._directory / f"torn-{digest[:16]}").write_bytes(tail)
        os.ftruncate(self._descriptor, size - len(tail))
        os.fdatasync(self._descriptor)
        return {"bytes": len(tail), "sha256": digest}

    def _last(self) -> tuple[int, str]:
        last = None
        previous = GENESIS
        try:
            for event in self.events():
                recomputed = event_hash(
                    event.seq, event.time, event.kind, event.conversation, event.data, previous
                )
                if event.hash != recomputed:
                    raise RecordError("the record was changed; run the verify command on it")
                if last is None:
                    self.id = self._id_in(event)
                last, previous = event, event.hash
        except MalformedEvent as error:
            raise RecordError(
                f"the record was changed (an event {error}); run the verify command on it"
            ) from None
        seq, digest = (last.seq, last.hash) if last else (-1, GENESIS)
        self._check_head(seq)
        return seq, digest

    def _id_in(self, first: Event) -> str:
        identifier = record_id(first)
        if identifier is None:
            raise RecordError(
                "the record was changed (it does not begin with its id); run the verify command on it"
            )
        return identifier

    def _check_head(self, seq: int) -> None:
        head = self._directory / HEAD_FILE
        if not head.exists() or (seq <= 0 and head.stat().st_size == 0):
            # The process may have died while it created the record.
            if seq > 0:
                raise RecordError("the record's head file is missing; run the verify command on it")
            return
        try:
            known = json.loads(head.read_text())["seq"]
        except (OSError, ValueError, KeyError, TypeError):
            raise RecordError("the record's head file is damaged; run the verify command on it") from None
        if known > seq:
            raise RecordError("the record was cut off at its end; run the verify command on it")
