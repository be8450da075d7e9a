"""The task runner as a process: found again, replaced when it was told something else, ended for sure."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import checkout
from launcher import processes, runner_process
from launcher.places import Places
from launcher.report import Failure

URL = "http://127.0.0.1:9"  # nobody listens there: the stand-in asks for nothing


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    checkout.install_tools(made)
    checkout.install_runner(made)
    yield made
    runner_process.stop(made)


def _start(places: Places, **changes: str | None) -> runner_process.Runner:
    return runner_process.start(places, **{"url": URL, "instance": "i", "model_api": None, **changes})  # type: ignore[arg-type]


def _kill(places: Places) -> None:
    found = runner_process.running(places)
    assert found is not None
    os.kill(found.guard, signal.SIGKILL)
    while processes.is_alive(found.guard):
        pass


def test_it_starts_once_and_stops_without_a_trace(places: Places) -> None:
    first = _start(places)
    assert _start(places) == first
    assert runner_process.running(places) == first
    runner_process.stop(places)
    assert not processes.is_alive(first.guard)
    assert not places.runner.exists()
    assert runner_process.running(places) is None
    runner_process.stop(places)
    assert checkout.calls(places) == ["runner-starts", "runner-ends-without-aws"]


def test_it_is_told_where_everything_is(places: Places) -> None:
    arguments = _start(places, model_api="http://127.0.0.1:8").arguments
    told = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert told == {
        "--endpoint": URL,
        "--region": "us-west-2",
        "--folder": str(places.runner.parent),
        "--engine": str(places.engine),
        "--registry": "none",
        "--model-api": "http://127.0.0.1:8",
        "--instance": "i",
    }


@pytest.mark.parametrize("change", ["url", "instance", "model_api"])
def test_it_is_replaced_when_it_is_told_something_else(
    places: Places, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _start(places)
    second = _start(places, **{change: "http://127.0.0.1:7"})
    assert second.guard != first.guard
    assert not processes.is_alive(first.guard)
    assert "started anew, with other settings" in capsys.readouterr().err


def test_one_that_was_killed_is_noticed_and_started_again(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not runner_process.was_killed(places)
    first = _start(places)
    assert not runner_process.was_killed(places)
    _kill(places)
    assert runner_process.was_killed(places)
    assert runner_process.running(places) is None
    assert _start(places).guard != first.guard
    assert "had ended without being told to" in capsys.readouterr().err
    assert not runner_process.was_killed(places)


def test_what_a_killed_one_has_left_is_taken_back_once(places: Places) -> None:
    _start(places)
    _kill(places)
    runner_process.clean(places, URL)
    assert checkout.calls(places) == ["runner-starts", "runner-cleans"]
    assert not runner_process.was_killed(places)


def test_what_cannot_be_taken_back_is_said_and_not_forgotten(places: Places) -> None:
    _start(places)
    _kill(places)
    (places.generated / "runner-refuses").touch()
    with pytest.raises(Failure, match="this machine cannot run tasks"):
        runner_process.clean(places, URL)
    assert runner_process.was_killed(places)
    (places.generated / "runner-refuses").unlink()


def test_it_gets_nothing_of_a_persons_settings_and_secrets(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "HTTP_PROXY", "https_proxy", "ANTHROPIC_API_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "of-a-person")
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/docker.sock")
    environment = Path(f"/proc/{_start(places).guard}/environ").read_bytes()
    assert b"of-a-person" not in environment
    assert b"DOCKER_HOST=unix:///run/docker.sock" in environment


def test_one_that_does_not_start_says_why_and_names_its_log(places: Places) -> None:
    _start(places)
    runner_process.stop(places)
    (places.generated / "runner-refuses").touch()
    with pytest.raises(Failure) as failure:
        _start(places)
    assert str(failure.value).endswith(f"Its log: {places.runner_log}\nthis machine cannot run tasks")


def test_another_process_with_its_old_id_is_not_taken_for_it(places: Places) -> None:
    _start(places)
    claimed = json.loads(places.runner.read_text())
    runner_process.stop(places)
    places.runner.write_text(json.dumps({**claimed, "guard": os.getpid()}))
    assert runner_process.running(places) is None
    runner_process.stop(places)  # would end this test run
    assert not places.runner.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"guard": 1, "work": 1, "arguments": 1}'])
def test_a_broken_state_file_counts_as_none(places: Places, text: str) -> None:
    places.runner.parent.mkdir(parents=True)
    places.runner.write_text(text)
    assert runner_process.running(places) is None


def test_the_end_of_its_log_is_of_its_last_start_only(places: Places) -> None:
    assert runner_process.log_tail(places) == ""
    for _ in range(2):
        _start(places)
        assert runner_process.log_tail(places) == "running"
        runner_process.stop(places)
    with places.runner_log.open("a") as log:
        log.write("\n".join(str(number) for number in range(20)))
    assert runner_process.log_tail(places, lines=3).splitlines() == ["17", "18", "19"]
