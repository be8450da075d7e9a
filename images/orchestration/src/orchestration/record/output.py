"""Events on stdout as JSON lines, for the log service: no images, no secrets, and long texts cut.

Each line carries the record's id and the event's seq and hash, so the log outside the task anchors the record
inside it, also where it holds the lines of several records.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from orchestration.record.chain import Event
from orchestration.record.redaction import Redactor

SOURCE = "record"
LONGEST_TEXT = 2_000
LONGEST_LINE = 200_000
_lock = threading.Lock()


def publish(event: Event, record: str) -> None:
    """Print one event of the record with that id."""
    _print(event_line(event, record))


def event_line(event: Event, record: str) -> str:
    """An event as the log gets it."""
    line = {
        "source": SOURCE,
        "record": record,
        "seq": event.seq,
        "hash": event.hash,
        "time": event.time,
        "kind": event.kind,
        "conversation": event.conversation,
        "data": shortened(event.data),
    }
    text = json.dumps(line, separators=(",", ":"))
    if len(text) > LONGEST_LINE:
        text = json.dumps({**line, "data": "too long for the log; the record has it"}, separators=(",", ":"))
    return text


def say(redactor: Redactor, message: str, **details: Any) -> None:
    """Print something worth knowing that is not part of the record."""
    _print(json.dumps(redactor.value({"source": "console", "message": message, **details}), default=str))


def shortened(value: Any) -> Any:
    """`value` with each text cut to 2,000 characters; the hash still covers the whole."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    return value


def _print(text: str) -> None:
    with _lock:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
