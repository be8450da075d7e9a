"""What `make demo` refuses before it does anything; the story's tests play it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo import play, record
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
