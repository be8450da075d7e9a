"""The record's writer: nobody else writes the record; each event is on the disk before anyone sees it."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from orchestration.record.chain import Event
from orchestration.record.journal import Journal, RecordError
from orchestration.record.redaction import Redactor
from orchestration.record.verify import verify


def test_an_event_is_on_the_disk_before_append_returns_or_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    write, sync = os.write, os.fdatasync

    def noted_write(descriptor: int, data: bytes) -> int:
        order.append("write")
        return write(descriptor, data)

    def noted_sync(descriptor: int) -> None:
        order.append("sync")
        sync(descriptor)

    monkeypatch.setattr(os, "write", noted_write)
    monkeypatch.setattr(os, "fdatasync", noted_sync)
    journal = Journal(tmp_path, Redactor(), lambda event, record: order.append("publish"))
    order.clear()
    journal.append("prompt", {"text": "x"})
    assert order == ["write", "sync", "publish"]


def test_a_second_process_cannot_write_the_same_record(tmp_path: Path) -> None:
    Journal(tmp_path, Redactor())
    with pytest.raises(RecordError, match="another process"):
        Journal(tmp_path, Redactor())


def test_events_from_many_threads_form_one_chain(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor())
    threads = [
        threading.Thread(target=lambda: [journal.append("n", {"i": i}) for i in range(25)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(tmp_path).problems == [] and verify(tmp_path).events == 201


def test_a_full_disk_is_an_error_and_leaves_no_half_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Event] = []
    journal = Journal(tmp_path, Redactor(), lambda event, record: published.append(event))
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(RecordError, match="No space left"):
        journal.append("action", {})
    assert journal.failed and len(published) == 1
    monkeypatch.setattr(os, "write", write)
    journal.append("action", {})
    assert not journal.failed
    assert verify(tmp_path).problems == []


def test_an_incomplete_last_event_is_set_aside_and_reported(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor())
    journal.append("prompt", {"text": "x"})
    journal.close()
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"seq":2,"time":"20')
    again = Journal(tmp_path, Redactor())
    assert [event.kind for event in again.events()] == ["record_created", "prompt", "torn_end_cut"]
    assert next(tmp_path.glob("torn-*")).read_bytes() == b'{"seq":2,"time":"20'
    assert verify(tmp_path).problems == []


@pytest.mark.parametrize("damage", ["changed", "cut", "headless"])
def test_a_changed_record_is_not_continued(tmp_path: Path, damage: str) -> None:
    journal = Journal(tmp_path, Redactor())
    for number in range(3):
        journal.append("action", {"number": number})
    journal.close()
    events = tmp_path / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    if damage == "changed":
        events.write_bytes(b"".join(lines).replace(b'"number":1', b'"number":7'))
    elif damage == "cut":
        events.write_bytes(b"".join(lines[:2]))
    else:
        (tmp_path / "events.head").unlink()
    with pytest.raises(RecordError, match="verify"):
        Journal(tmp_path, Redactor())


def test_values_that_are_not_json_are_recorded_rather_than_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor())
    journal.append("answer", {"nan": float("nan"), "half": "\ud800", "object": object, "tuple": (1,)})
    assert verify(tmp_path).problems == []
    data = list(journal.events())[-1].data
    assert data["nan"] == "nan" and data["half"] == "\ufffd" and data["tuple"] == [1]


def test_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "data", Redactor())
    digest = journal.put_screen(b"\x89PNG")
    for path in (journal.path, tmp_path / "data" / "events.head", journal.screens.path(digest)):
        assert path.stat().st_mode & 0o077 == 0, path.name


@pytest.mark.parametrize("levels", [50, 489, 50_000])
def test_a_value_nested_too_deeply_is_cut_and_recorded(tmp_path: Path, levels: int) -> None:
    deep: Any = "the bottom"
    for number in range(levels):
        deep = [deep] if number % 2 else {"down": deep}
    journal = Journal(tmp_path, Redactor())
    journal.append("answer", {"input": deep})
    text = tmp_path.joinpath("events.jsonl").read_text()
    assert ("the bottom" in text) == (levels < 100) and ("nested too deeply" in text) == (levels >= 100)
    assert verify(tmp_path).problems == []
