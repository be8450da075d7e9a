"""Verify finds any change, removal, reordering and cut; what it cannot find is said in its text and shown
here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.record.__main__ import main
from orchestration.record.chain import Event, canonical, event_hash
from orchestration.record.journal import Journal, RecordError
from orchestration.record.output import event_line
from orchestration.record.redaction import Redactor
from orchestration.record.verify import verify

Make = Callable[[], tuple[Path, list[Event]]]
PICTURE = b"\x89PNG not really a picture, but bytes with a hash"


@pytest.fixture
def record(tmp_path: Path) -> tuple[Path, list[Event]]:
    """A record of 12 events, one with a screenshot, and what was published while it was written."""
    published: list[Event] = []
    return written(tmp_path / "record", published), published


def written(folder: Path, published: list[Event], lines: list[str] | None = None) -> Path:
    """A new record in `folder`; its events go to `published` and, as the log gets them, to `lines`."""

    def publish(event: Event, identifier: str) -> None:
        published.append(event)
        if lines is not None:
            lines.append(event_line(event, identifier))

    journal = Journal(folder, Redactor(), publish)
    digest = journal.put_screen(PICTURE)
    journal.append("prompt", {"text": "Öffne die Seite"}, "c1")
    journal.append("result", {"content": [{"type": "image", "screen": digest}]}, "c1")
    for number in range(9):
        journal.append("action", {"number": number, "text": "x" * number}, "c1")
    journal.close()
    return folder


def logged(published: list[Event]) -> list[str]:
    """What the log has of these events, the first of which holds the record's id."""
    return [event_line(event, published[0].data["record"]) for event in published]


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "events.jsonl").read_bytes().splitlines(keepends=True)


def write(folder: Path, lines: list[bytes]) -> None:
    (folder / "events.jsonl").write_bytes(b"".join(lines))


def test_an_unchanged_record_is_verified(record: tuple[Path, list[Event]]) -> None:
    verdict = verify(record[0])
    assert verdict.problems == [] and verdict.events == 12 and verdict.screens == 1
    assert verdict.head == record[1][-1].hash


def test_any_changed_byte_is_found(record: tuple[Path, list[Event]]) -> None:
    folder = record[0]
    original = (folder / "events.jsonl").read_bytes()
    chance = random.Random(5)
    for position in chance.sample(range(len(original)), 400):
        changed = bytearray(original)
        changed[position] ^= 1 << chance.randrange(8)
        (folder / "events.jsonl").write_bytes(bytes(changed))
        assert verify(folder).problems, f"byte {position} was changed unnoticed"


def test_an_event_spelled_differently_is_found(record: tuple[Path, list[Event]]) -> None:
    folder = record[0]
    lines = lines_of(folder)
    lines[4] = lines[4].replace(b'{"', b'{ "', 1)
    write(folder, lines)
    assert "not spelled canonically" in verify(folder).problems[0]


@pytest.mark.parametrize("gone", range(12))
def test_any_removed_event_is_found(record: tuple[Path, list[Event]], gone: int) -> None:
    folder = record[0]
    lines = lines_of(folder)
    del lines[gone]
    write(folder, lines)
    assert verify(folder).problems


@pytest.mark.parametrize("first", range(11))
def test_any_two_swapped_events_are_found(record: tuple[Path, list[Event]], first: int) -> None:
    folder = record[0]
    lines = lines_of(folder)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    write(folder, lines)
    assert verify(folder).problems


def test_a_repeated_event_is_found(record: tuple[Path, list[Event]]) -> None:
    folder = record[0]
    lines = lines_of(folder)
    write(folder, [*lines, lines[-1]])
    assert verify(folder).problems


@pytest.mark.parametrize("kept", range(12))
def test_a_cut_off_end_is_found(record: tuple[Path, list[Event]], kept: int) -> None:
    folder = record[0]
    write(folder, lines_of(folder)[:kept])
    assert any("cut off" in problem or "empty" in problem for problem in verify(folder).problems)


def test_an_end_cut_in_the_middle_of_an_event_is_found(record: tuple[Path, list[Event]]) -> None:
    folder = record[0]
    lines = lines_of(folder)
    write(folder, [*lines[:-1], lines[-1][:40]])
    assert any("cut off in the middle" in problem for problem in verify(folder).problems)


def test_a_missing_head_file_is_found(record: tuple[Path, list[Event]]) -> None:
    (record[0] / "events.head").unlink()
    assert any("events.head" in problem for problem in verify(record[0]).problems)


def test_a_changed_and_a_missing_screenshot_are_found(record: tuple[Path, list[Event]]) -> None:
    screenshot = next((record[0] / "screens").iterdir())
    screenshot.write_bytes(PICTURE + b"!")
    assert "was changed" in verify(record[0]).problems[0]
    screenshot.unlink()
    assert "is missing" in verify(record[0]).problems[0]


def rewritten(events: list[Event], number: int) -> list[bytes]:
    """The record with one event changed and every hash from there on recomputed: a forger with the file
    alone.
    """
    lines, previous = [], "0" * 64
    for event in events:
        data = {"number": 99} if event.seq == number else event.data
        digest = event_hash(event.seq, event.time, event.kind, event.conversation, data, previous)
        forged = Event(event.seq, event.time, event.kind, event.conversation, data, previous, digest)
        lines.append(forged.line())
        previous = digest
    return lines


def test_a_recomputed_record_is_found_by_its_head_file_or_its_anchors(
    record: tuple[Path, list[Event]],
) -> None:
    folder, published = record
    lines = rewritten(published, 5)
    write(folder, lines)
    assert any("events.head" in problem for problem in verify(folder).problems)
    forged = json.loads(lines[-1])
    (folder / "events.head").write_bytes(canonical({"seq": forged["seq"], "hash": forged["hash"]}))
    # The stated limit: with the head file forged too, only the log outside tells.
    assert verify(folder).problems == []
    assert "rewritten" in verify(folder, logged(published)).problems[0]


def test_an_end_cut_together_with_its_head_file_is_found_by_the_anchors(
    record: tuple[Path, list[Event]],
) -> None:
    folder, published = record
    write(folder, lines_of(folder)[:6])
    (folder / "events.head").write_bytes(canonical({"seq": 5, "hash": published[5].hash}))
    assert verify(folder).problems == []
    anchors = [f"1700000000 stream {line}" for line in logged(published)]
    assert "cut off" in verify(folder, anchors).problems[0]


def test_anchors_are_read_as_a_log_service_exports_them(record: tuple[Path, list[Event]]) -> None:
    folder, published = record
    wrapped = [json.dumps({"timestamp": 1, "message": line}) for line in logged(published)]
    verdict = verify(folder, ["not json", *wrapped])
    assert verdict.problems == [] and verdict.anchors == verdict.covered == len(published)
    assert verify(folder, ["nothing of ours"]).problems


NO_ANCHORS = {
    "another program's line": lambda line: {"seq": line["seq"], "hash": line["hash"]},
    "another source": lambda line: {**line, "source": "console"},
    "no source": lambda line: {name: value for name, value in line.items() if name != "source"},
    "no record": lambda line: {name: value for name, value in line.items() if name != "record"},
    "no kind": lambda line: {name: value for name, value in line.items() if name != "kind"},
    "an empty record": lambda line: {**line, "record": ""},
    "a record that is no text": lambda line: {**line, "record": 5},
    "a negative number": lambda line: {**line, "seq": -1},
    "a number of true": lambda line: {**line, "seq": True},
    "a fraction": lambda line: {**line, "seq": 1.0},
    "a hash that is none": lambda line: {**line, "hash": "abc"},
    "a hash in capitals": lambda line: {**line, "hash": line["hash"].upper()},
    "a list": lambda line: [line],
    "a text": lambda line: "seq hash",
}


@pytest.mark.parametrize("change", NO_ANCHORS.values(), ids=NO_ANCHORS.keys())
def test_only_a_line_of_an_event_is_an_anchor(
    record: tuple[Path, list[Event]], change: Callable[[dict[str, Any]], Any]
) -> None:
    folder, published = record
    almost = [json.dumps(change(json.loads(line))) for line in logged(published)]
    # The last event's hash is also what seq -1 would have found from the list's end.
    last = json.dumps({**json.loads(logged(published)[-1]), "seq": -1})
    verdict = verify(folder, [*almost, last, "[" * 100_000, "{" * 100_000])
    assert verdict.anchors == 0 and verdict.covered == 0
    assert "no event of this record" in verdict.problems[0]


@pytest.mark.parametrize("known", [1, 6, 11, 12])
def test_events_that_no_anchor_covers_are_named(
    record: tuple[Path, list[Event]], capsys: pytest.CaptureFixture[str], known: int
) -> None:
    """With anchors up to an event, a recomputed edit after it cannot be found, and this is said."""
    folder, published = record
    log = folder.parent / "log"
    log.write_text("\n".join(logged(published)[:known]))
    if known < 11:
        lines = rewritten(published, 11)
        write(folder, lines)
        head = json.loads(lines[-1])
        (folder / "events.head").write_bytes(canonical({"seq": 11, "hash": head["hash"]}))
    assert main(["verify", str(folder), "--anchors", str(log)]) == 0
    said = capsys.readouterr().out
    assert ("are newer than the newest anchor" in said) == (known < 12)
    assert known == 12 or f"events {known} to 11 " in said


def test_an_anchor_covers_every_event_before_it(record: tuple[Path, list[Event]]) -> None:
    folder, published = record
    lines = rewritten(published, 3)
    write(folder, lines)
    (folder / "events.head").write_bytes(canonical({"seq": 11, "hash": json.loads(lines[-1])["hash"]}))
    assert "rewritten" in verify(folder, [logged(published)[7]]).problems[0]


def test_a_log_that_holds_an_older_record_too_anchors_each_of_them(tmp_path: Path) -> None:
    lines: list[str] = []
    events: list[list[Event]] = [[], []]
    folders = [written(tmp_path / name, events[at], lines) for at, name in enumerate(("old", "new"))]
    random.Random(3).shuffle(lines)
    for folder in folders:
        verdict = verify(folder, lines)
        assert verdict.problems == [] and verdict.anchors == verdict.foreign == 12
    others = [line for line in lines if events[0][0].data["record"] in line]
    assert "12 of other records" in verify(folders[1], others).problems[0]


def test_a_record_keeps_its_id_when_it_is_opened_again(tmp_path: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        journal = Journal(
            tmp_path, Redactor(), lambda event, identifier: lines.append(event_line(event, identifier))
        )
        journal.append("started", {})
        journal.close()
    assert verify(tmp_path, lines).covered == 3


def test_a_record_without_its_id_is_found(record: tuple[Path, list[Event]]) -> None:
    folder, published = record
    write(folder, rewritten(published, 0))
    assert any("does not begin with its id" in problem for problem in verify(folder).problems)
    with pytest.raises(RecordError, match="its id"):
        Journal(folder, Redactor())


def test_the_command_reports_that_the_record_is_whole_or_what_is_wrong(
    record: tuple[Path, list[Event]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record[0]
    assert main(["verify", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("whole: 12 events, 1 screenshots")
    write(folder, lines_of(folder)[1:])
    assert main(["verify", str(folder / "events.jsonl")]) == 1
    assert "CHANGED" in capsys.readouterr().out
    assert main(["verify", str(folder / "nowhere")]) == 1
    with pytest.raises(SystemExit) as wrong:
        main(["verify"])
    assert wrong.value.code == 2
