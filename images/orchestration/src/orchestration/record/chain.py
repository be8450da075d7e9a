"""One event of the record and the hash that ties it to the one before.

hash = SHA-256 over the canonical JSON of {seq, time, kind, conversation, data, previous}. Canonical: keys
sorted, no blanks, ASCII only, so the same event always has the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
# Far more than anything that is recorded needs, and far less than Python's own limit of recursion.
DEEPEST = 100
TOO_DEEP = "[nested too deeply]"
FIELDS = ("seq", "time", "kind", "conversation", "data", "previous", "hash")


class MalformedEvent(ValueError):
    """A line of the record is not an event; the text says why."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    `seq` counts from 0 without gaps; `time` is UTC in RFC 3339 with microseconds; `conversation` is empty for
    events that belong to none (sign-ins, starts); `data` is JSON.
    """

    seq: int
    time: str
    kind: str
    conversation: str
    data: dict[str, Any]
    previous: str
    hash: str

    def line(self) -> bytes:
        """The event as it stands in the file, newline included."""
        return canonical({name: getattr(self, name) for name in FIELDS}) + b"\n"


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value. Raises ValueError for NaN and infinities."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def jsonable(value: Any, levels: int = DEEPEST) -> Any:
    """`value` with what JSON cannot carry spelled as text, and cut off below so many levels, so that
    recording can never fail on a strange input.
    """
    if isinstance(value, str):
        return whole_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict | list | tuple) and levels == 0:
        return TOO_DEEP
    if isinstance(value, dict):
        return {whole_text(str(key)): jsonable(item, levels - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item, levels - 1) for item in value]
    return whole_text(str(value))


def whole_text(value: str) -> str:
    """`value` with half surrogate pairs replaced, which no UTF-8 can carry on to the model or a page."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def event_hash(seq: int, time: str, kind: str, conversation: str, data: dict[str, Any], previous: str) -> str:
    """The hash that an event with these contents has to carry."""
    body = {
        "seq": seq,
        "time": time,
        "kind": kind,
        "conversation": conversation,
        "data": data,
        "previous": previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def parse_line(line: bytes) -> Event:
    """Read one line of the file; does not check the hash.

    Raises:
        MalformedEvent: not UTF-8, not JSON, other fields than `FIELDS`, a wrong type, or another spelling
            than
            the canonical one (so that no byte of the file can change unseen).
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise MalformedEvent("is not JSON") from None
    if not isinstance(value, dict) or set(value) != set(FIELDS):
        raise MalformedEvent("does not have exactly the fields of an event")
    texts = all(isinstance(value[name], str) for name in ("time", "kind", "conversation", "previous", "hash"))
    if type(value["seq"]) is not int or not texts or not isinstance(value["data"], dict):
        raise MalformedEvent("has a field of the wrong type")
    event = Event(**value)
    if event.line() != line:
        raise MalformedEvent("is not spelled canonically")
    return event
