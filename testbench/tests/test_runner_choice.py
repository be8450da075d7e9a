"""Which isolation tasks get, and what runs their containers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner import choice
from runner.choice import CannotRun, Found
from runner.ecs.definition import ContainerDefinition
from runner.tasks import docker, plain
from runner.tasks.backend import CannotStart, Container, Launch
from runner.tasks.bridged import BridgedDocker
from runner.tasks.docker import DockerBackend
from runner.tasks.docker_cli import Docker, DockerError
from runner.tasks.first_that_can import FirstThatCan

_NO_NAMESPACES, _NO_DOCKER, _NO_PROCESSES = "No namespaces.", "No daemon.", "No Linux."


def _found(namespaces: bool, docker: bool, processes: bool = True) -> Found:
    return Found(
        None if namespaces else _NO_NAMESPACES,
        None if docker else _NO_DOCKER,
        None if processes else _NO_PROCESSES,
    )


@pytest.mark.parametrize(
    ("isolation", "containers", "found", "chosen"),
    [
        # isolation, Docker, processes
        ("auto", "auto", _found(True, True), ("namespaces", True, True)),
        ("auto", "auto", _found(True, False), ("namespaces", False, True)),
        ("auto", "auto", _found(False, True), ("none", True, True)),
        ("auto", "auto", _found(False, False), ("none", False, True)),
        ("auto", "auto", _found(False, True, processes=False), ("none", True, False)),
        ("auto", "docker", _found(True, True), ("namespaces", True, False)),
        ("auto", "docker", _found(False, True), ("none", True, False)),
        ("auto", "processes", _found(True, True), ("namespaces", False, True)),
        ("auto", "processes", _found(False, True), ("none", False, True)),
        ("namespaces", "auto", _found(True, True), ("namespaces", True, True)),
        ("namespaces", "docker", _found(True, True), ("namespaces", True, False)),
        ("namespaces", "processes", _found(True, False), ("namespaces", False, True)),
        ("none", "auto", _found(True, True), ("none", True, True)),
        ("none", "docker", _found(True, True), ("none", True, False)),
        ("none", "processes", _found(True, True), ("none", False, True)),
    ],
)
def test_what_is_chosen(
    isolation: str, containers: str, found: Found, chosen: tuple[str, bool, bool]
) -> None:
    one = choice.choose(isolation, containers, found)
    assert (one.isolation, one.docker is None, one.processes is None) == chosen


@pytest.mark.parametrize(
    ("isolation", "containers", "found", "reason"),
    [
        ("namespaces", "auto", _found(False, True), _NO_NAMESPACES),
        ("auto", "docker", _found(True, False), _NO_DOCKER),
        ("none", "docker", _found(True, False), _NO_DOCKER),
        ("none", "processes", _found(True, True, processes=False), _NO_PROCESSES),
        ("auto", "auto", _found(False, False, processes=False), f"{_NO_DOCKER} {_NO_PROCESSES}"),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_reason(
    isolation: str, containers: str, found: Found, reason: str
) -> None:
    with pytest.raises(CannotRun, match=reason):
        choice.choose(isolation, containers, found)


def test_nothing_is_tried_that_was_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise AssertionError("tried")

    monkeypatch.setattr("runner.network.namespace.available", fail)
    monkeypatch.setattr(Docker, "unavailable", fail)
    found = choice.try_out("none", "processes")
    assert found.namespaces and found.docker


def test_in_namespaces_everything_is_enforced() -> None:
    assert choice.choose("auto", "auto", _found(True, True)).not_enforced == []


def test_a_fallback_says_why_and_what_is_lost() -> None:
    said = choice.choose("auto", "auto", _found(False, True)).not_enforced
    assert said == [_NO_NAMESPACES, docker.NOT_ENFORCED, *plain.NOT_ENFORCED]
    assert choice.choose("none", "docker", _found(True, True)).not_enforced == [docker.NOT_ENFORCED]
    assert choice.choose("none", "processes", _found(True, True)).not_enforced == [*plain.NOT_ENFORCED]


class _Backend:
    """Runs nothing: `start` says who was asked."""

    def __init__(self, refuses: str | None) -> None:
        self.refuses = refuses
        self.started: list[Launch] = []
        self.asked: list[str] = []

    def refusal(self, container: ContainerDefinition) -> str | None:
        return self.refuses

    def start(self, launch: Launch) -> Container:
        self.started.append(launch)
        raise CannotStart("it is not a real one")


class _FailingBackend(_Backend):
    def remove_leftovers(self) -> int:
        self.asked.append("remove_leftovers")
        raise DockerError("no answer")

    def close(self) -> None:
        self.asked.append("close")
        raise DockerError("no answer either")


def _launch(folder: Path, **members: Any) -> Launch:
    container = ContainerDefinition.of({"name": "orchestration", "image": "x", **members})
    return Launch("t", container, {}, None, None, folder)


def test_the_first_that_can_is_asked(tmp_path: Path) -> None:
    launch = _launch(tmp_path)
    first, second, third = _Backend("not built"), _Backend(None), _Backend(None)
    backends = FirstThatCan([first, second, third])
    assert backends.refusal(launch.container) is None
    with pytest.raises(CannotStart, match="not a real one"):
        backends.start(launch)
    assert [len(one.started) for one in (first, second, third)] == [0, 1, 0]


def test_an_image_that_was_built_meanwhile_is_used(tmp_path: Path) -> None:
    launch = _launch(tmp_path)
    first, second = _Backend("not built"), _Backend(None)
    backends = FirstThatCan([first, second])
    first.refuses = None
    with pytest.raises(CannotStart):
        backends.start(launch)
    assert first.started and not second.started


def test_refusals_are_joined(tmp_path: Path) -> None:
    launch = _launch(tmp_path)
    backends = FirstThatCan([_Backend("not built"), _Backend("takes root")])
    assert backends.refusal(launch.container) == "not built; and takes root"
    with pytest.raises(CannotStart, match="not built; and takes root"):
        backends.start(launch)


def test_a_daemon_that_has_gone_is_said_and_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    failing, plain_one = _FailingBackend(None), _Backend(None)
    backends = FirstThatCan([failing, plain_one])
    backends.remove_leftovers()
    backends.close()
    assert failing.asked == ["remove_leftovers", "close"]
    assert capsys.readouterr().err == "no answer\nno answer either\n"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9"])
def test_a_container_on_a_bridge_is_not_led_to_its_own_loopback(tmp_path: Path, url: str) -> None:
    backend = BridgedDocker(DockerBackend(tmp_path), {"orchestration": {"ANTHROPIC_BASE_URL": url}})
    refusal = backend.refusal(_launch(tmp_path).container)
    assert refusal is not None and f"ANTHROPIC_BASE_URL is {url}" in refusal


def test_another_address_is_dockers_to_judge(tmp_path: Path) -> None:
    # No such command: so the refusal is Docker's own.
    docker_backend = DockerBackend(tmp_path, docker=Docker(str(tmp_path / "docker")))
    overrides = {"orchestration": {"ANTHROPIC_BASE_URL": "https://api.example.com"}}
    refusal = BridgedDocker(docker_backend, overrides).refusal(_launch(tmp_path).container)
    assert refusal is not None and "docker: No such file" in refusal
