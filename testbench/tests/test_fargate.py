"""Whether tasks can run on this machine, and what that takes. docker and the runner are stand-ins."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import checkout
from launcher import building, fargate, packages, runner_process
from launcher.building import Part
from launcher.places import Places
from launcher.report import Clock, Failure


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """Root on a machine without Docker, whose packages are there and whose only part appends to a file."""
    made = Places(tmp_path)
    built = made.generated / "built"
    code = f"open({str(built)!r}, 'a').write('built\\n')"
    part = Part("thing", "building the thing", ((sys.executable, "-c", code),), (), (built,))
    monkeypatch.setattr(fargate, "parts", lambda _places: [part])
    monkeypatch.setattr(packages, "provide", lambda *_: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    _docker(made, 1)
    checkout.install_python(made)
    checkout.install_runner(made)
    yield made
    runner_process.stop(made)


def _docker(places: Places, status: int) -> None:
    """`docker` answers as with a daemon (0) or without one."""
    program = places.root / "bin" / "docker"
    program.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)


def _no_packages(*_: Any) -> str:
    return "no packages here"


def test_with_docker_nothing_is_installed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    _docker(places, 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "provide", _no_packages)
    assert fargate.prepare(places, Clock()) is None
    assert not (places.generated / "built").exists()


@pytest.mark.parametrize("reason", [None, "no packages here"])
def test_with_docker_root_gets_the_networks_packages_if_they_can_be_had(
    places: Places, monkeypatch: pytest.MonkeyPatch, reason: str | None
) -> None:
    asked: list[list[Path]] = []

    def provide(_places: Places, _clock: Clock, files: list[Path], _who: str) -> str | None:
        asked.append(files)
        return reason

    _docker(places, 0)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(packages, "provide", provide)
    assert fargate.prepare(places, Clock()) is None
    assert asked == [[places.sources / "packages.txt"]]


@pytest.mark.parametrize("has_docker", [True, False])
def test_without_a_daemon_it_takes_root(
    places: Places, monkeypatch: pytest.MonkeyPatch, has_docker: bool
) -> None:
    if not has_docker:
        (places.root / "bin" / "docker").unlink()
        monkeypatch.setenv("PATH", str(places.root / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    reason = fargate.prepare(places, Clock())
    assert reason is not None
    assert "Docker daemon, or root on Debian" in reason


def test_without_its_packages_nothing_is_built(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "provide", _no_packages)
    assert fargate.prepare(places, Clock()) == "no packages here"
    assert not (places.generated / "built").exists()


def test_the_images_programs_are_installed_once(places: Places) -> None:
    for _ in range(2):
        assert fargate.prepare(places, Clock()) is None
    assert (places.generated / "built").read_text() == "built\n"


def test_the_images_parts_are_made_of_what_this_checkout_has() -> None:
    for part in fargate.parts(Places.of_this_checkout()):
        assert building.fingerprint(part)


def test_the_runner_is_told_where_the_models_api_is(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:8")
    fargate.start(places, "http://127.0.0.1:9", "i")
    found = runner_process.running(places)
    assert found is not None
    assert found.arguments[found.arguments.index("--model-api") + 1] == "http://127.0.0.1:8"
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    fargate.start(places, "http://127.0.0.1:9", "i")
    found = runner_process.running(places)
    assert found is not None
    assert "--model-api" not in found.arguments


def test_an_address_that_cannot_be_the_models_api_is_refused_by_its_name() -> None:
    with pytest.raises(Failure, match="ANTHROPIC_BASE_URL: "):
        fargate.model_api({"ANTHROPIC_BASE_URL": "ftp://127.0.0.1"})


def test_what_is_not_enforced_is_the_runners_word(places: Places) -> None:
    assert fargate.not_enforced(places) == []
    fargate.start(places, "http://127.0.0.1:9", "i")
    assert fargate.not_enforced(places) == ["security groups"]


def test_a_machine_that_cannot_run_tasks_is_told_what_that_means(capsys: pytest.CaptureFixture[str]) -> None:
    fargate.tell("it is too small")
    assert capsys.readouterr().err == (
        "No task runs on this machine: it is too small. The services only count as running.\n"
    )
