"""What `make demo` refuses before it does anything; the story's tests play it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from demo import actors, play, record
from launcher.emulator_process import Emulator
from launcher.places import Places
from launcher.report import Clock, Failure
from launcher.runner_process import Runner


def test_without_a_stack_it_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="`make up`"):
        play.play(Places(tmp_path))


@pytest.mark.parametrize("url", ["https://api.anthropic.com", "http://198.51.100.7:8000"])
def test_a_model_elsewhere_is_refused_because_nobody_looks_at_the_actions(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    emulator = Emulator(1, 1, "http://127.0.0.1:1", "one", "now")
    with (
        pytest.raises(Failure, match="approves every action unseen"),
        play.model(Places(tmp_path), emulator, tmp_path, Clock()),
    ):
        pass


def test_a_runner_knows_which_model_it_was_told_of() -> None:
    assert (
        Runner(1, 2, ("--folder", "x", "--model-api", "http://127.0.0.1:9")).model_api == "http://127.0.0.1:9"
    )
    assert Runner(1, 2, ("--folder", "x")).model_api is None


def test_the_last_screenshot_is_the_newest_that_an_event_names(tmp_path: Path) -> None:
    events = [
        {"data": {"content": [{"type": "image", "screen": "a" * 64}]}},
        {"data": {"content": [{"type": "text", "text": "x"}, {"type": "image", "screen": "b" * 64}]}},
        {"data": {"reason": "finished"}},
    ]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert record.last_screen(tmp_path) == tmp_path / "screens" / f"{'b' * 64}.png"
    (tmp_path / "events.jsonl").write_text("")
    with pytest.raises(Failure, match="no screenshot"):
        record.last_screen(tmp_path)


def _volume(folder: Path) -> Path:
    (folder / "screens").mkdir(parents=True)
    for name in ("events.head", "events.jsonl"):
        (folder / name).write_text("x")
    (folder / "screens" / f"{'a' * 64}.png").write_text("a picture")
    return folder


def test_a_record_is_copied_with_its_screenshots_and_nothing_else(tmp_path: Path) -> None:
    volume = _volume(tmp_path / "volume")
    (volume / "screens" / "something-else").write_text("y")
    record._copy(volume, tmp_path / "kept")
    kept = sorted(str(path.relative_to(tmp_path / "kept")) for path in (tmp_path / "kept").rglob("*.*"))
    assert kept == ["events.head", "events.jsonl", f"screens/{'a' * 64}.png"]


@pytest.mark.parametrize("name", ["events.head", "events.jsonl", f"screens/{'a' * 64}.png", "screens"])
def test_no_link_that_a_task_has_made_is_followed(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / f"{'a' * 64}.png").write_text("of the machine")
    volume = _volume(tmp_path / "volume")
    where = volume / name
    if where.is_dir():
        shutil.rmtree(where)
        where.symlink_to(secret)
    else:
        where.unlink()
        where.symlink_to(secret / f"{'a' * 64}.png")
    with pytest.raises(OSError):
        record._copy(volume, tmp_path / "kept")
    assert "of the machine" not in "".join(
        path.read_text() for path in (tmp_path / "kept").rglob("*") if path.is_file()
    )


def test_errors_of_the_browser_are_reported_without_secrets() -> None:
    said = actors._without_secrets('fill("sk-secret") on "#key"', {"key": "sk-secret"})
    assert said == 'fill("(the key)") on "#key"'


def test_a_persons_own_key_is_used_only_with_a_model_that_they_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-a-person")
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    assert play._api_key() != "sk-of-a-person"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    assert play._api_key() == "sk-of-a-person"
