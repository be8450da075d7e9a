"""Finds any change, removal, reordering or cut in a record. Reads only; needs no secret.

What it can promise: without `anchors`, any edit by someone who does not recompute the chain and the head
file. With `anchors` (the events that went to stdout, kept by the log service outside the task), also a
record that was recomputed from the changed event on, or replaced as a whole, or cut together with its head
file. An anchor covers its event and all before it, because each hash covers the one before. Events newer
than the newest anchor are covered by none: nobody can find a recomputed change or a cut of those, and the
verdict says which they are. Lines of other records in the log, told apart by their id, are passed over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.record.chain import GENESIS, Event, MalformedEvent, event_hash, parse_line
from orchestration.record.journal import EVENTS_FILE, HEAD_FILE, SCREENS_FOLDER, record_id
from orchestration.record.output import SOURCE
from orchestration.record.screens import DIGEST


@dataclass(slots=True)
class Verdict:
    """What a check found: `problems` is empty when the record is whole. `head` is the last event's hash.

    `anchors` counts the lines of this record in the log, `foreign` those of others; `covered` is how many
    events, from the first on, an anchor covers.
    """

    events: int = 0
    screens: int = 0
    anchors: int = 0
    foreign: int = 0
    covered: int = 0
    head: str = GENESIS
    problems: list[str] = field(default_factory=list)


def verify(record: Path, anchors: Iterable[str] | None = None) -> Verdict:
    """Check a record.

    Args:
        record: the data directory or its events file.
        anchors: lines of the console's output, or None; lines that are no events of a record are passed over.
    """
    file = record / EVENTS_FILE if record.is_dir() else record
    verdict = Verdict()
    hashes: list[str] = []
    screens: dict[str, int] = {}
    if not file.is_file():
        verdict.problems.append(f"there is no record at {file.name}")
        return verdict
    previous = GENESIS
    identifier: str | None = None
    with file.open("rb") as lines:
        for number, line in enumerate(lines):
            if not line.endswith(b"\n"):
                verdict.problems.append(f"line {number + 1}: the last event is cut off in the middle")
                break
            try:
                event = parse_line(line)
            except MalformedEvent as error:
                verdict.problems.append(f"line {number + 1}: {error}")
                hashes.append("")
                previous = ""
                continue
            verdict.problems += _event_problems(event, number, previous)
            if number == 0:
                identifier = record_id(event)
            for digest in screens_in(event.data):
                screens.setdefault(digest, number)
            hashes.append(event.hash)
            previous = event.hash
    verdict.events = len(hashes)
    verdict.head = previous or GENESIS
    if not hashes:
        verdict.problems.append("the record is empty")
    elif identifier is None:
        verdict.problems.append("line 1: the record does not begin with its id")
    verdict.problems += _head_problems(file.parent / HEAD_FILE, hashes)
    verdict.screens = len(screens)
    verdict.problems += _screen_problems(file.parent / SCREENS_FOLDER, screens)
    if anchors is not None:
        found = list(_anchors(anchors))
        ours = [anchor for anchor in found if anchor.record == identifier]
        verdict.anchors, verdict.foreign = len(ours), len(found) - len(ours)
        verdict.problems += _anchor_problems(ours, verdict.foreign, hashes)
        if not verdict.problems:
            verdict.covered = max(anchor.seq for anchor in ours) + 1
    return verdict


def _event_problems(event: Event, number: int, previous: str) -> Iterator[str]:
    where = f"line {number + 1}"
    if event.seq != number:
        yield f"{where}: event {event.seq} stands where event {number} belongs (removed, added or reordered)"
    if previous and event.previous != previous:
        yield f"{where}: does not follow from the event before it (changed, removed or reordered)"
    if event.hash != event_hash(
        event.seq, event.time, event.kind, event.conversation, event.data, event.previous
    ):
        yield f"{where}: its contents do not have its hash (changed)"


def _head_problems(head: Path, hashes: list[str]) -> Iterator[str]:
    try:
        known = json.loads(head.read_text())
        seq, digest = known["seq"], known["hash"]
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{head.name} is missing or damaged: whether the end was cut off cannot be told"
        return
    if not isinstance(seq, int) or seq < 0:
        yield f"{head.name} is damaged"
    elif seq >= len(hashes):
        yield f"the record was cut off: {head.name} knows event {seq}, the last one here is {len(hashes) - 1}"
    elif hashes[seq] != digest:
        yield f"event {seq} is not the one that {head.name} knows"


def screens_in(data: Any) -> Iterator[str]:
    """The digest of every screenshot that an event refers to (values under the key `screen`)."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "screen" and isinstance(value, str):
                yield value
            else:
                yield from screens_in(value)
    elif isinstance(data, list):
        for item in data:
            yield from screens_in(item)


def _screen_problems(folder: Path, screens: dict[str, int]) -> Iterator[str]:
    for digest, number in screens.items():
        where = f"line {number + 1}: screenshot {digest[:12]}"
        if not DIGEST.fullmatch(digest):
            yield f"{where} has no valid name"
            continue
        try:
            image = (folder / f"{digest}.png").read_bytes()
        except OSError:
            yield f"{where} is missing"
            continue
        if hashlib.sha256(image).hexdigest() != digest:
            yield f"{where} was changed"


@dataclass(frozen=True, slots=True)
class _Anchor:
    record: str
    seq: int
    hash: str


def _anchors(lines: Iterable[str]) -> Iterator[_Anchor]:
    """Every event of a record in the console's output; a log service may have wrapped each line."""
    for line in lines:
        start = line.find("{")
        value = _json(line[start:]) if start >= 0 else None
        if isinstance(value, dict) and isinstance(value.get("message"), str):
            value = _json(value["message"])
        if isinstance(value, dict) and (anchor := _anchor(value)) is not None:
            yield anchor


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _anchor(value: dict[str, Any]) -> _Anchor | None:
    """The anchor in a line of `output.event_line`'s form; None for anything else, however alike it looks."""
    texts = [value.get(name) for name in ("record", "hash", "time", "kind", "conversation")]
    seq = value.get("seq")
    if value.get("source") != SOURCE or not all(isinstance(text, str) for text in texts):
        return None
    if type(seq) is not int or seq < 0 or not value["record"] or not DIGEST.fullmatch(value["hash"]):
        return None
    return _Anchor(value["record"], seq, value["hash"])


def _anchor_problems(anchors: list[_Anchor], foreign: int, hashes: list[str]) -> Iterator[str]:
    if not anchors:
        others = f", only {foreign} of other records" if foreign else ""
        yield f"the anchors hold no event of this record{others}"
    for anchor in anchors:
        if anchor.seq >= len(hashes):
            last = len(hashes) - 1
            yield f"the record was cut off: the log knows event {anchor.seq}, the last one here is {last}"
        elif hashes[anchor.seq] != anchor.hash:
            yield f"event {anchor.seq} is not the one that the log knows (the record was rewritten)"
