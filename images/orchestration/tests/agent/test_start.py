"""A fresh process has imported what its first task needs, so that drawing pages cannot break an import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fake_claude.script import Fault, calls, says, thinking, tool
from orchestration.server import PAGES_SCRIPT
from rig import fake
from stand_in_desktop import StandInDesktop

TESTS = Path(__file__).parent.parent
SCRIPT = (
    calls(
        thinking("Look."),
        tool("t1", "computer", action="left_click", coordinate=[1, 2]),
        faults=[Fault("status", status=529, retry_after="0")],
    ),
    calls(tool("t2", "bash", command="ls"), faults=[Fault("cut")]),
    says("Done."),
)


def first_task(folder: Path, provider: str) -> str:
    """Run the first task of a fresh process; returns the modules that it imported."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}
    with fake(*SCRIPT) as claude, StandInDesktop() as desktop:
        arguments = [str(folder / "record"), claude.url, desktop.url, provider]
        done = subprocess.run(
            [sys.executable, "-B", "-m", "soak.first_task", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("provider", ["anthropic", "bedrock"])
def test_the_first_task_imports_nothing(tmp_path: Path, provider: str) -> None:
    assert first_task(tmp_path, provider) == ""


def test_streamlit_watches_no_files_and_leaves_the_search_path_alone() -> None:
    """Runs in a process of its own, because Streamlit's settings belong to the process."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, streamlit.config as c\n"
            "from orchestration import server\n"
            "from orchestration.record.redaction import Redactor\n"
            "server.keep_pages_importable(); server.pages(Redactor())\n"
            "from streamlit.runtime.scriptrunner.exec_code import modified_sys_path\n"
            "before = list(sys.path)\n"
            "with modified_sys_path(str(server.PAGES_SCRIPT)): assert sys.path == before\n"
            "print(c.get_option('server.fileWatcherType'))\n",
        ],
        env={**os.environ, "PYTHONPATH": str(TESTS.parent / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.stdout.strip().splitlines()[-1:] == ["none"], said.stdout + said.stderr
    assert PAGES_SCRIPT.exists()
