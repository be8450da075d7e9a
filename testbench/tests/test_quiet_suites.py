"""`make test` is quiet: a green suite prints two lines, and a red one shows its failure last."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUCH = "for line in $(seq 500); do echo noise $line; done; echo the reason >&2"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "quietly", tmp_path / ".ci" / "quietly")
    return tmp_path


def quietly(checkout: Path, *words: str, **variables: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that are printed."""
    command = [str(checkout / ".ci" / "quietly"), *words]
    environment = {name: value for name, value in os.environ.items() if name != "FAILURES"} | variables
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.splitlines()


def test_a_green_suite_prints_two_lines_and_keeps_its_output_in_a_file(checkout: Path) -> None:
    code, lines = quietly(checkout, "test-good", "bash", "-c", MUCH)
    assert (code, len(lines)) == (0, 2)
    log = checkout / ".local" / "logs" / "tests" / "test-good.log"
    assert len(log.read_text().splitlines()) == 501


def test_a_red_suite_shows_its_failure_last_and_keeps_its_exit_code(checkout: Path) -> None:
    code, lines = quietly(checkout, "test-bad", "bash", "-c", f"{MUCH}; exit 7")
    assert code == 7
    assert lines[-1] == "the reason"
    assert len(lines) < 70


def test_failures_of_suites_side_by_side_are_all_shown_at_the_end(checkout: Path) -> None:
    quietly(checkout, "test-old", "false")
    assert quietly(checkout, "--begin") == (0, [])
    assert quietly(checkout, "--failures") == (0, [])
    for name in ("test-one", "test-two"):
        code, lines = quietly(
            checkout, name, "bash", "-c", f"echo reason of {name}; exit 2", FAILURES="later"
        )
        assert (code, len(lines)) == (2, 2)
    code, lines = quietly(checkout, "--failures")
    assert code == 1
    assert {"reason of test-one", "reason of test-two"} <= set(lines)
    assert lines[-1] == "Failed: test-one test-two"
