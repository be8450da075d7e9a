"""The README's fault table is what happens: each row is run, and the table is compared with what came of it.

`REGENERATE=1 make -C images/orchestration test TESTS=tests/agent/test_fault_table.py` writes it anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.test_api_rules import BEDROCK_ERRORS, ERRORS
from agent.test_faults import DESKTOP_FAULTS, STREAM_FAULTS
from conftest import MakeRig
from fake_claude.script import Fault, Step, calls, member, says, text, tool
from rig import Rig, texts
from stand_in_desktop import after

README = Path(__file__).parent.parent.parent / "README.md"
BEGIN = "<!-- fault table: made by tests/agent/test_fault_table.py -->\n"
END = "<!-- end of the fault table -->\n"
CLICK = member("c1", "left_click", coordinate=[5, 5])
ANSWERS: dict[str, Step] = {
    "a refusal with a tool call in it": Step(
        (CLICK,), "refusal", details={"type": "refusal", "category": "cyber", "explanation": None}
    ),
    "a pause": Step((text("Wait."),), "pause_turn"),
    "a pause with a tool call in it": Step((CLICK,), "pause_turn"),
    "cut off at its longest, with a tool call": Step((CLICK,), "max_tokens"),
    "cut off at its longest": Step((text("And so"),), "max_tokens"),
    "the window is full": Step((text("And so"),), "model_context_window_exceeded"),
    "nothing": Step((), "end_turn"),
    "a tool call that ended as something else": Step((CLICK,), "end_turn"),
}
Row = tuple[str, str, str]


def outcome(rig: Rig, reason: str, said: str) -> str:
    """What came of a fault, in the words of the table."""
    tries = len(rig.events("model_failed"))
    if reason != "finished":
        step = said.partition(". ")[2] or said
        again = f"after {tries} tries " if tries > 1 else ""
        return f"{again}the task ends: {step}"
    done = "it is asked again" if tries else "nothing"
    if rig.events("nudge") and not tries:
        done = "it is asked to go on"
    if any(event.data["outcome"] == "not_executed" for event in rig.events("result")):
        done = "the call is not done, and the model is told"
    return f"{done}; the task goes on"


async def rows_of_the_api(make: Callable[[], tuple[Rig, Callable[..., Any]]]) -> list[Row]:
    rows: list[Row] = []
    for name, fault in STREAM_FAULTS.items():
        rig, run = make()
        asks = calls(tool("b1", "bash", command="ls"), tool("b2", "bash", command="ls"), faults=[fault])
        rig.claude.script.steps = [asks, says("Done.")]
        end = await run()
        rows.append(("model's API", name, outcome(rig, end.reason, end.text)))
    for name, (status, kind, said, _) in {**ERRORS, **BEDROCK_ERRORS}.items():
        rig, run = make()
        fault = Fault("status", status=status, text=said, error_type=kind)
        rig.claude.script.steps = [says("Done.", faults=[fault] * 7)]
        bedrock = {"provider": "bedrock", "model": "us.anthropic.claude-opus-5-5"}
        end = await run(**(bedrock if name in BEDROCK_ERRORS else {}))
        where = "Bedrock" if name in BEDROCK_ERRORS else "model's API"
        rows.append((where, f"{status}: {said}", outcome(rig, end.reason, end.text)))
    for name, step in ANSWERS.items():
        rig, run = make()
        before = len(rig.desktop.executed)
        rig.claude.script.steps = [says("Done.", faults=[Fault("instead", step=step)])]
        if step.content:
            rig.claude.script.steps = [step, says("Done.")]
        end = await run()
        assert len(rig.desktop.executed) == before
        rows.append(("answer", name, outcome(rig, end.reason, end.text)))
    return rows


async def rows_of_the_desktop(
    make: Callable[[], tuple[Rig, Callable[..., Any]]], monkeypatch: pytest.MonkeyPatch
) -> list[Row]:
    monkeypatch.setattr("orchestration.agent.desktop.WAITS_BEFORE_RETRY", (0.01, 0.01))
    rows: list[Row] = []
    for name, (answer, _) in DESKTOP_FAULTS.items():
        rig, run = make()
        rig.answer_seconds = 0.3

        def on_action(tool: str, value: dict[str, Any], answer: Any = answer) -> Any:
            if value.get("action") != "left_click":
                return None
            if answer == "hang":
                return after(1.0)
            if answer == "close":
                raise ConnectionError
            return answer

        rig.desktop.on_action = on_action
        rig.claude.script.steps = [calls(CLICK), says("I see.")]
        assert (await run()).reason == "finished"
        rig.desktop.on_action = lambda tool, value: None
        rows.append(("desktop", name, f"the model is told: {texts(rig.results()['c1'])}"))
    return rows


async def test_the_fault_table_of_the_readme_matches_what_happens(
    make_rig: MakeRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Rig] = []

    def make() -> tuple[Rig, Callable[..., Any]]:
        rig = make_rig(says("Done."), silence_seconds=0.3)
        rig.move_to(tmp_path / f"record-{len(made)}")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
        monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", rig.claude.url)
        made.append(rig)

        async def run(**changes: Any) -> Any:
            end = await rig.run("Go.", **changes)
            rig.check()
            rig.journal.close()
            return end

        return rig, run

    rows = [*await rows_of_the_api(make), *await rows_of_the_desktop(make, monkeypatch)]
    lines = ["| where | fault | what happens |\n", "|---|---|---|\n"]
    lines += [f"| {where} | {_cell(fault)} | {_cell(what)} |\n" for where, fault, what in rows]
    table = BEGIN + "".join(lines) + END
    readme = README.read_text()
    before, _, rest = readme.partition(BEGIN)
    _, _, behind = rest.partition(END)
    if os.environ.get("REGENERATE"):
        README.write_text(before + table + behind)
    assert before + table + behind == readme or os.environ.get("REGENERATE"), "REGENERATE=1 writes the table"


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
