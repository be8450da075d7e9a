"""The table of mistakes: AWS refuses each of them, and nine in ten are refused here without AWS."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from judged.conftest import PLACES, Stack
from judges.mistakes import report
from judges.mistakes.provider import provider
from judges.mistakes.table import MISTAKES
from judges.mistakes.trials import Trial, ask
from judges.mistakes.verdicts import Verdict, judge

REPORT = PLACES.root / "docs" / "mistakes.md"
SOURCES = PLACES.root / "src"


@pytest.fixture(scope="module")
def verdicts(stack: Stack) -> list[Verdict]:
    plugin = PLACES.bin / "pulumi-resource-aws"
    with provider(plugin, stack.environment, stack.recorded.exchanges) as the_provider:
        return judge(MISTAKES, stack.recorded, the_provider, PLACES.cfn_lint)


def test_nine_in_ten_are_refused_by_the_emulator_or_the_pack(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\n" + report.text(verdicts))
    assert len(verdicts) >= 200
    missed = [verdict.mistake.name for verdict in verdicts if not verdict.refused]
    assert len(missed) <= len(verdicts) / 10, missed


def test_the_committed_table_is_up_to_date(verdicts: list[Verdict]) -> None:
    if os.environ.get("WRITE_MISTAKES"):
        REPORT.write_text(report.markdown(verdicts), encoding="utf-8")
    written, present = (report.rows(text) for text in (REPORT.read_text(), report.markdown(verdicts)))
    stale = f"{REPORT} is not what the judges say now: run the command that it names"
    assert len(written) == len(verdicts)
    assert [fixed for fixed, _ in written] == [fixed for fixed, _ in present], stale
    other = [fixed[0] for (fixed, before), (_, now) in zip(written, present, strict=True) if before != now]
    # On a busy machine the provider sometimes fails before it sends the request. Then no other judge sees it.
    assert len(other) <= len(verdicts) / 25, f"{stale}: {other}"


def test_without_a_mistake_no_judge_objects(stack: Stack) -> None:
    """Otherwise an objection to a mistake might not be about the mistake."""
    changes = [number for number, one in enumerate(stack.recorded.exchanges) if one.changes]
    assert len(changes) > 80
    trials = [Trial(number, stack.recorded.exchanges[number]) for number in changes]
    refused = [found for found in ask(stack.recorded.exchanges, trials) if found]
    assert refused == []


def test_each_mistake_has_a_name_and_a_change_of_its_own() -> None:
    assert [name for name, count in Counter(one.name for one in MISTAKES).items() if count > 1] == []
    assert all(one.inputs and one.rule.endswith(".") and one.source for one in MISTAKES)


@pytest.mark.parametrize("java_type", sorted({one.made_impossible_by for one in MISTAKES} - {""}))
def test_a_type_that_makes_a_mistake_impossible_has_a_test_of_its_own(java_type: str) -> None:
    assert _found(SOURCES / "main", f"{java_type}.java")
    assert _found(SOURCES / "test", f"{java_type}Test.java")


def _found(folder: Path, name: str) -> list[Path]:
    return list(folder.rglob(name))
