"""A missing or old program is named with its version and the way out."""

from __future__ import annotations

import sys

import pytest

from launcher.prerequisites import PREREQUISITES, Prerequisite, check, parse, problem_of
from launcher.report import Failure

ANSWERS = {
    "Go": ("go version go1.26.8 linux/amd64", (1, 26, 8)),
    "JDK": ("javac 17.0.15", (17, 0, 15)),
    "Maven": ("Apache Maven 3.8.7\nMaven home: /usr/share/maven", (3, 8, 7)),
    "Maven's JDK": ("Apache Maven 3.9.1\nJava version: 21.0.2, vendor: Debian", (21, 0, 2)),
    "Python's venv": ("Python 3.12.1", (3, 12, 1)),
    "git": ("git version 2.39.5 (Apple Git-154)", (2, 39, 5)),
}


def _printing(text: str, least: tuple[int, ...]) -> Prerequisite:
    command = (sys.executable, "-c", f"print({text!r})")
    return Prerequisite("Tool", command, r"tool (\d+(?:\.\d+)*)", least, "it is needed", "install it")


@pytest.mark.parametrize("one", PREREQUISITES, ids=lambda one: str(one.name))
def test_each_program_tells_its_version_in_its_own_words(one: Prerequisite) -> None:
    text, version = ANSWERS[one.name]
    assert parse(one.pattern, text) == version


def test_a_new_enough_program_is_no_problem() -> None:
    assert problem_of(_printing("tool 3.10.1", (3, 9))) is None


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            _printing("tool 3.9.9", (3, 10)),
            ["Tool 3.10 or later", "found 3.9.9", "it is needed", "install it"],
        ),
        (_printing("unable to locate a runtime", (3,)), ["Tool 3 or later", "does not print its version"]),
        (Prerequisite("Tool", ("no-such-program",), "x", (1,), "a", "b"), ["Tool 1 or later", "not found"]),
    ],
)
def test_a_problem_says_what_was_found_and_what_to_do(one: Prerequisite, words: list[str]) -> None:
    problem = problem_of(one)
    assert problem is not None
    assert all(word in problem for word in words)


def test_all_problems_are_reported_at_once() -> None:
    missing = tuple(Prerequisite(name, (name,), "x", (1,), "a", "b") for name in ("no-such-a", "no-such-b"))
    with pytest.raises(Failure, match=r"no-such-a 1 or later(.|\n)*no-such-b 1 or later"):
        check(missing)
