"""Finds any change, removal, reordering or cut in a record. Reads only; needs no secret.

What it can promise: without `anchors`, any edit by someone who does not recompute the chain and the head
file. With `anchors` (the events that went to stdout, kept by the log service outside the task), also a
record that was recomputed from the changed event on, or replaced as a whole, or cut together with its head
file. What no check can find is a cut of events newer than the newest anchor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.record.chain import GENESIS, Event, MalformedEvent, event_hash, parse_line
from orchestration.record.journal import EVENTS_FILE, HEAD_FILE, SCREENS_FOLDER
from orchestration.record.screens import DIGEST


@dataclass(slots=True)
class Verdict:
    """What a check found: `problems` is empty when the record is whole. `head` is the last event's hash."""

    events: int = 0
    screens: int = 0
    anchors: int = 0
    head: str = GENESIS
    problems: list[str] = field(default_factory=list)


def verify(record: Path, anchors: Iterable[str] | None = None) -> Verdict:
    """Check a record.

    Args:
        record: the data directory or its events file.
        anchors: lines of the console's output, or None; lines that are no events are passed over.
    """
    file = record / EVENTS_FILE if record.is_dir() else record
    verdict = Verdict()
    hashes: list[str] = []
    screens: dict[str, int] = {}
    if not file.is_file():
        verdict.problems.append(f"there is no record at {file.name}")
        return verdict
    previous = GENESIS
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
            for digest in screens_in(event.data):
                screens.setdefault(digest, number)
            hashes.append(event.hash)
            previous = event.hash
    verdict.events = len(hashes)
    verdict.head = previous or GENESIS
    if not hashes:
        verdict.problems.append("the record is empty")
    verdict.problems += _head_problems(file.parent / HEAD_FILE, hashes)
    verdict.screens = len(screens)
    verdict.problems += _screen_problems(file.parent / SCREENS_FOLDER, screens)
    if anchors is not None:
        found = list(_anchors(anchors))
        verdict.anchors = len(found)
        verdict.problems += _anchor_problems(found, hashes)
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


def _anchors(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(seq, hash) of every event in the console's output; a log service may have wrapped each line."""
    for line in lines:
        start = line.find("{")
        try:
            value = json.loads(line[start:]) if start >= 0 else None
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("message"), str):
            try:
                value = json.loads(value["message"])
            except ValueError:
                continue
        if (
            isinstance(value, dict)
            and isinstance(value.get("seq"), int)
            and isinstance(value.get("hash"), str)
        ):
            yield value["seq"], value["hash"]


def _anchor_problems(anchors: list[tuple[int, str]], hashes: list[str]) -> Iterator[str]:
    if not anchors:
        yield "the anchors hold no event of the record"
    for seq, digest in anchors:
        if seq >= len(hashes):
            yield f"the record was cut off: the log knows event {seq}, the last one here is {len(hashes) - 1}"
        elif hashes[seq] != digest:
            yield f"event {seq} is not the one that the log knows (the record was rewritten)"
