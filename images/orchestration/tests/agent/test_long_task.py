"""Three hundred turns with everything that happens to a long task: summaries, two switches of the model,
three overloads, a cut stream, a refusal in the middle, kill -9. Afterwards the conversation is valid and goes
on.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from fake_claude.script import Fault, Script, Step, calls, instead, member, says, text, thinking, tool
from fake_claude.server import FakeClaude
from orchestration.agent.settings import TaskSettings
from rig import API_KEY, SETTINGS, Rig, fake
from stand_in_desktop import StandInDesktop

TURNS = 300
REFUSED_AT = 140
KILLED_AT = 220
# Small enough that the conversation has to be summarized many times.
WINDOW = 40_000
LONG = replace(SETTINGS, tokens=1_000_000_000, dollars=10_000, minutes=60)
FIRST, SECOND, THIRD = (
    replace(LONG, model=model) for model in ("claude-opus-5-5", "claude-sonnet-5-5", "claude-opus-5")
)
FAULTS = {
    40: [Fault("status", status=529)] * 3,
    90: [Fault("cut", after=6)],
    REFUSED_AT: [
        instead(
            text("I cannot"),
            member("no", "left_click", coordinate=[1, 1]),
            stop="refusal",
            details={"type": "refusal", "category": "general_harms", "explanation": "No."},
        )
    ],
}


def script() -> Script:
    steps: list[Step] = []
    for number in range(TURNS):
        call = (
            tool(f"b{number}", "bash", command=f"echo {number}")
            if number % 3 == 2
            else member(f"c{number}", "left_click", coordinate=[number % 1000, 9])
        )
        steps.append(calls(thinking(f"Turn {number}."), call, faults=FAULTS.get(number, ())))
    return Script([*steps, says("All done.")])


def go_on(folder: Path, claude_url: str, desktop_url: str, settings: TaskSettings) -> None:
    """In a process of its own, which is killed."""
    os.environ["ANTHROPIC_BASE_URL"] = claude_url

    class Elsewhere(StandInDesktop):
        url = desktop_url

    rig = Rig(folder, fake(), Elsewhere())
    asyncio.run(rig.run(None, settings))


def kill_in_the_middle(folder: Path, claude: FakeClaude, desktop: StandInDesktop) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=go_on, args=(folder, claude.url, desktop.url, SECOND))
    process.start()
    try:
        deadline = time.monotonic() + 120
        while len(desktop.executed) < KILLED_AT:
            assert process.is_alive() and time.monotonic() < deadline, len(desktop.executed)
            time.sleep(0.005)
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)


def test_a_task_of_three_hundred_turns_survives_summaries_switches_and_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "record"
    windows = dict.fromkeys(("claude-opus-5-5", "claude-sonnet-5-5", "claude-opus-5"), WINDOW)
    fakes = FakeClaude(script(), API_KEY, windows=windows, unique_ids=True)
    with fakes as claude, StandInDesktop() as desktop:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        rig = Rig(folder, claude, desktop)
        assert asyncio.run(rig.run("Go on for three hundred turns.", FIRST)).reason == "refused"
        rig.check()
        assert rig.agent is not None
        rig.agent.write("turn_taken_out", {"by": "tester"})
        rig.journal.close()

        kill_in_the_middle(folder, claude, desktop)

        rig = Rig(folder, claude, desktop)
        end = asyncio.run(rig.run(None, THIRD))
        assert end.reason == "finished", end
        rig.check()
        assert len(rig.events("answer")) >= TURNS
        assert len(rig.events("compacted")) >= 5 and rig.events("not_compacted") == []
        faults = [event.data["fault"] for event in rig.events("model_failed")]
        assert faults.count("status 529") == 3 and len(faults) == 4
        assert all("no_" not in identifier for identifier in rig.results())
        # The only thinking that is lost is what another model may not read.
        lost = [event for event in rig.events("answer") if event.data.get("dropped_thinking")]
        models = [event.data["model"] for event in rig.events("request")]
        assert set(models) == {"claude-opus-5-5", "claude-sonnet-5-5", "claude-opus-5"} and len(lost) < 60
        assert asyncio.run(rig.run("And once more.", THIRD)).reason == "finished"
        rig.check()
        rig.journal.close()
