"""The guard: the work comes back when it dies, and ends with the guard whatever ends that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.guard import CANNOT
from runner.model_api import ModelApi

# The work tells its process id, then does what it is told.
_GUARDED = """
import os, pathlib, signal, sys
from runner import guard

def work():
    print(os.getpid(), flush=True)
    exec(sys.argv[2])

sys.exit(guard.keep(pathlib.Path(sys.argv[1]), work))
"""
LOCAL = Path(__file__).resolve().parents[1]
Guard = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    started: list[subprocess.Popen[str]] = []

    def start(work: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _GUARDED, str(tmp_path / "folder"), work],
            env={**os.environ, "PYTHONPATH": str(LOCAL)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _next_work(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, f"process {pid} lives on"
        time.sleep(0.02)


def test_a_killed_worker_is_restarted_and_the_restart_is_logged(guard: Guard) -> None:
    process = guard("signal.pause()")
    first = _next_work(process)
    os.kill(first, signal.SIGKILL)
    second = _next_work(process)
    assert second != first
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert "the runner's work ended (-9)" in said and process.returncode == 0


def test_a_worker_that_fails_is_restarted_and_its_error_is_shown(guard: Guard) -> None:
    process = guard("raise RuntimeError('out of luck')")
    assert _next_work(process) != _next_work(process)
    process.terminate()
    assert "out of luck" in process.communicate(timeout=20)[1]


def test_sigterm_is_passed_on_to_the_worker_and_its_end_awaited(guard: Guard) -> None:
    process = guard(
        "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'given back\\n'), os._exit(0)))\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    work = _next_work(process)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.terminate()
    assert process.communicate(timeout=20)[0] == "given back\n"
    assert process.returncode == 0
    _wait_until_gone(work)


def test_the_worker_ends_if_its_guard_is_killed(guard: Guard) -> None:
    process = guard("signal.pause()")
    work = _next_work(process)
    process.kill()
    _wait_until_gone(work)


def test_a_worker_that_cannot_run_on_this_machine_is_not_restarted(guard: Guard) -> None:
    process = guard(f"sys.exit({CANNOT})")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == CANNOT
    assert len(out.splitlines()) == 1


def test_a_folder_has_one_runner_and_the_lock_ends_with_it(guard: Guard) -> None:
    first = guard("signal.pause()")
    _next_work(first)
    second = guard("signal.pause()")
    assert "another runner works in" in second.communicate(timeout=20)[1]
    assert second.returncode == CANNOT
    first.kill()
    first.wait()
    third = guard("signal.pause()")
    assert _next_work(third)


def test_a_guard_that_is_told_to_end_while_it_waits_ends(guard: Guard) -> None:
    process = guard("sys.exit(1)")
    assert process.stderr is not None
    assert "starts again in 0.5 s" in process.stderr.readline()
    assert "starts again in 1 s" in process.stderr.readline()
    process.terminate()
    assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("url", "name", "for_tasks"),
    [
        ("http://127.0.0.1:9099", "api.anthropic.com", "http://api.anthropic.com:443"),
        ("http://localhost:9099/", "api.anthropic.com", "http://api.anthropic.com:443"),
        ("https://api.anthropic.com", "api.anthropic.com", "https://api.anthropic.com:443"),
        ("https://proxy.example:8443", "proxy.example", "https://proxy.example:443"),
        ("https://proxy.example/claude/", "proxy.example", "https://proxy.example:443/claude"),
    ],
)
def test_tasks_reach_the_models_api_by_a_name_and_on_443(url: str, name: str, for_tasks: str) -> None:
    api = ModelApi(url)
    assert (api.name, api.url_for_tasks) == (name, for_tasks)


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("http://api.anthropic.com", "write https://api.anthropic.com"),
        ("127.0.0.1:9099", "write http://127.0.0.1:PORT"),
        ("ftp://127.0.0.1", "write http://127.0.0.1:PORT"),
        ("https://proxy.example/?key=1", "write http://127.0.0.1:PORT or https://HOST"),
        ("https://me:secret@proxy.example", "holds a user or key"),
        ("", "write http://127.0.0.1:PORT"),
    ],
)
def test_an_address_that_is_none_or_would_send_the_key_in_clear_is_refused(url: str, fix: str) -> None:
    with pytest.raises(ValueError, match=fix):
        ModelApi(url)
