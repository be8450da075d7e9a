"""The runner without namespaces: containers on a bridge, published on loopback. As a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.guard import CANNOT
from runner_probes import get, wait_for
from task_containers.scene import Scene, scene
from task_containers.toy import Toy

# What root is in a container that is not privileged.
_LIKE_A_CONTAINER = ("setpriv", "--bounding-set=-sys_admin,-net_admin", "--inh-caps=-all")


@pytest.fixture
def new(machine: Toy) -> Iterator[Scene]:
    with scene(machine) as made:
        yield made


def _answers(port: int) -> Callable[[], bool]:
    return lambda: get(port) == b"ok"


def _containers(made: Scene) -> set[str]:
    return set(made.toy.engine.run("ps", "--quiet").split())


def test_a_service_answers_at_its_load_balancers_port_and_what_is_not_enforced_is_said(new: Scene) -> None:
    new.run("--isolation", "none")
    new.wait_until_attached()
    doors = [new.serve(name) for name in ("environment", "orchestration")]
    for door in doors:
        wait_for(_answers(door))
    for name in ("environment", "orchestration"):
        wait_for(lambda name=name: new.deployment(name)["rolloutState"] == "COMPLETED")  # type: ignore[misc]
    state = new.state
    assert state["isolation"] == "none"
    assert any("security groups" in one and "DNS firewall" in one for one in state["not_enforced"])
    log = new.log.read_text()
    assert all(sentence in log for sentence in state["not_enforced"])


def test_killed_work_is_started_again_with_its_tasks_and_the_end_leaves_nothing(new: Scene) -> None:
    door = new.serve("orchestration")
    new.run("--isolation", "none")
    first = new.ready("orchestration")
    before, work = _containers(new), int(new.state["work"])
    os.kill(work, signal.SIGKILL)
    wait_for(lambda: before.isdisjoint(_containers(new)))
    wait_for(lambda: new.state.get("work") not in (None, work))
    wait_for(lambda: new.ready("orchestration") != first)
    wait_for(_answers(door))
    assert new.stop_runner() == 0
    assert get(door) is None
    assert new.service("orchestration")["runningCount"] == 0
    assert new.tasks("orchestration") == []
    _nothing_is_left(new)


def test_nothing_outlives_a_killed_runner_and_the_next_begins_anew(new: Scene) -> None:
    door = new.serve("orchestration")
    new.run("--isolation", "none")
    first = new.ready("orchestration")
    new.kill_runner()
    wait_for(lambda: new.toy.everything() == "")
    new.run("--isolation", "none")
    wait_for(lambda: new.ready("orchestration") != first)
    wait_for(_answers(door))
    assert new.stop_runner() == 0
    _nothing_is_left(new)


def _nothing_is_left(made: Scene) -> None:
    assert not made.state
    assert not (made.folder / "tasks").exists()
    assert made.toy.everything() == ""
    interfaces = made.aws("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert not [one for one in interfaces if ":attachment/" in one["Description"]]
    groups = made.aws("elbv2").describe_target_groups()["TargetGroups"]
    for group in groups:
        health = made.aws("elbv2").describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        assert health["TargetHealthDescriptions"] == []


def test_those_who_insist_on_namespaces_are_refused_with_the_reason(new: Scene, tmp_path: Path) -> None:
    runner = new.run("--isolation", "namespaces", "--engine", "/bin/true", inside=_LIKE_A_CONTAINER)
    assert runner.wait(60) == CANNOT
    assert "it takes CAP_SYS_ADMIN" in new.log.read_text()
    assert not new.state


def test_a_machine_without_an_engine_is_refused_with_the_reason(new: Scene, tmp_path: Path) -> None:
    runner = new.run("--engine", str(tmp_path / "engine"))
    assert runner.wait(60) == CANNOT
    assert f"There is no {tmp_path}/engine command." in new.log.read_text()
