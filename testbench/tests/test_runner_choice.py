"""Which network tasks get, and what a person is told where it enforces nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from containers.engine import Engine
from runner import choice
from runner.choice import CannotRun, Found
from runner.tasks.engine import NOT_ENFORCED

_NO_NAMESPACES, _NO_ENGINE = "No namespaces.", "No engine."


@pytest.mark.parametrize(
    ("isolation", "has_namespaces", "chosen"),
    [
        ("auto", True, "namespaces"),
        ("auto", False, "none"),
        ("namespaces", True, "namespaces"),
        ("none", True, "none"),
        ("none", False, "none"),
    ],
)
def test_what_is_chosen(isolation: str, has_namespaces: bool, chosen: str) -> None:
    found = Found(None, None if has_namespaces else _NO_NAMESPACES)
    assert choice.choose(isolation, found).isolation == chosen


@pytest.mark.parametrize(
    ("isolation", "found", "reason"),
    [
        ("namespaces", Found(None, _NO_NAMESPACES), _NO_NAMESPACES),
        ("auto", Found(_NO_ENGINE, None), _NO_ENGINE),
        ("none", Found(_NO_ENGINE, None), _NO_ENGINE),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_reason(isolation: str, found: Found, reason: str) -> None:
    with pytest.raises(CannotRun, match=reason):
        choice.choose(isolation, found)


def test_namespaces_are_not_tried_where_they_were_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail() -> str:
        raise AssertionError("tried")

    monkeypatch.setattr("runner.network.namespace.available", fail)
    found = choice.try_out("none", Engine(str(tmp_path / "engine")))
    assert found.namespaces and found.engine == f"There is no {tmp_path}/engine command."


def test_in_namespaces_everything_is_enforced() -> None:
    assert choice.choose("auto", Found(None, None)).not_enforced == []


def test_a_fallback_says_why_and_what_is_lost() -> None:
    assert choice.choose("auto", Found(None, _NO_NAMESPACES)).not_enforced == [_NO_NAMESPACES, NOT_ENFORCED]
    assert choice.choose("none", Found(None, None)).not_enforced == [NOT_ENFORCED]
    assert "security groups" in NOT_ENFORCED and "DNS firewall" in NOT_ENFORCED
