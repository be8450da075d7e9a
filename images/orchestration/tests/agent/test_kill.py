"""kill -9 of the process between any two steps: what was recorded is there, and the conversation goes on."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from fake_claude.script import calls, member, says, text, tool
from orchestration.agent.conversation import Conversation
from orchestration.record.journal import Journal
from orchestration.record.verify import verify
from rig import Rig, fake
from stand_in_desktop import StandInDesktop

SCRIPT = (
    calls(text("First."), member("t1", "left_click", coordinate=[50, 60]), member("t2", "type", text="abc")),
    calls(tool("t3", "bash", command="ls"), member("t4", "screenshot")),
    says("Done."),
)
MOMENTS = ("before the event is written", "half written", "after the event is written")


def run_and_die(folder: Path, claude_url: str, desktop_url: str, step: int, moment: str) -> None:
    """Run the task in a process of its own, which is killed at the `step`-th event."""
    os.environ["ANTHROPIC_BASE_URL"] = claude_url
    count = 0
    write = Journal._write

    def deadly(journal: Journal, line: bytes) -> None:
        nonlocal count
        count += 1
        if count == step and moment == MOMENTS[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        if count == step and moment == MOMENTS[1]:
            os.write(journal._descriptor, line[: len(line) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        write(journal, line)
        if count == step and moment == MOMENTS[2]:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(Journal, "_write", deadly)  # noqa: B010 (a plain assignment is no method to mypy)

    class Elsewhere(StandInDesktop):
        url = desktop_url

    rig = Rig(folder, fake(), Elsewhere())
    asyncio.run(rig.run("Go."))


@pytest.fixture(scope="module")
def processes() -> Iterator[ForkServerContext]:
    """Processes that start with everything imported: a start from nothing takes seconds, and there are
    dozens.
    """
    with pytest.MonkeyPatch.context() as patch:
        # The fork server imports before it is told this process's search path.
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["rig", "agent.test_kill"])
        yield context


def events_of_a_whole_run(tmp_path: Path, desktop: StandInDesktop, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of events that the task writes when it is not killed."""
    with fake(*SCRIPT) as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        rig = Rig(tmp_path / "whole", claude, desktop)
        asyncio.run(rig.run("Go."))
        rig.journal.close()
        return sum(1 for _ in rig.journal.events())


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_event_loses_nothing_and_the_conversation_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: ForkServerContext, moment: str
) -> None:
    with StandInDesktop() as counting:
        total = events_of_a_whole_run(tmp_path, counting, monkeypatch)
    assert total > 15
    for step in range(1, total + 1):
        folder = tmp_path / f"step-{step}"
        with fake(*SCRIPT) as claude, StandInDesktop() as desktop:
            process = processes.Process(
                target=run_and_die, args=(folder, claude.url, desktop.url, step, moment)
            )
            process.start()
            process.join(30)
            assert process.exitcode == -signal.SIGKILL, f"step {step}"
            survivors = _events(folder)
            _nothing_was_sent_unrecorded(survivors, desktop.executed)

            monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
            rig = Rig(folder, claude, desktop)
            after = [event["hash"] for event in _events(folder)]
            assert after[: len(survivors)] == [event["hash"] for event in survivors], f"step {step}"
            conversation = Conversation.from_events("c1", rig.journal.events())
            prompt = None if conversation.awaits_model else "Go on."
            end = asyncio.run(rig.run(prompt))
            assert end.reason == "finished", f"step {step}: {end}"
            rig.check()
            rig.journal.close()
            assert verify(folder).problems == []


def _events(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of a record, read without repairing it."""
    import json  # noqa: PLC0415

    path = folder / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _nothing_was_sent_unrecorded(events: list[dict[str, Any]], executed: list[dict[str, Any]]) -> None:
    recorded = [event["data"]["input"] for event in events if event["kind"] == "action"]
    sent = [{name: item for name, item in action.items() if name != "tool"} for action in executed]
    assert sent == [value for value in recorded if value.get("action") != "screenshot"][: len(sent)]
