"""The runner without namespaces, with the real images' entry points as plain processes. On loopback."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.guard import CANNOT
from runner.tasks import descendants
from runner_probes import get, is_alive, wait_for
from runner_scene import CONSOLE, Scene, scene

_DESKTOP = {"DISPLAY_WIDTH": "1024", "DISPLAY_HEIGHT": "768", "VIEWER": "novnc", "HUMAN_PAUSE_SECONDS": "2"}
# What root is in a container that is not privileged.
_LIKE_A_CONTAINER = ("setpriv", "--bounding-set=-sys_admin,-net_admin", "--inh-caps=-all")


class Sandbox:
    """Desktop and console, both healthy, and their ports on this machine."""

    def __init__(self, made: Scene) -> None:
        self.scene = made
        keeps = {"linuxParameters": {"capabilities": {"drop": ["CHOWN"]}}}
        made.run("--isolation", "none")
        made.wait_until_attached()
        self.viewer = made.serve("environment", 8443, made.container([5000, 8443], _DESKTOP, **keeps))
        self.console = made.serve("orchestration", 8501, made.console())
        made.ready("environment")
        made.ready("orchestration")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with scene() as made:
        yield Sandbox(made)


@pytest.fixture
def new() -> Iterator[Scene]:
    with scene() as made:
        yield made


def _answers(port: int) -> Callable[[], bool]:
    return lambda: get(port, "/healthz") == (200, b"ok")


def _variables(process_id: int) -> dict[str, str]:
    text = Path(f"/proc/{process_id}/environ").read_text()
    return dict(line.split("=", 1) for line in text.split("\0") if line)


def test_both_pages_answer_at_the_load_balancers_ports(sandbox: Sandbox) -> None:
    wait_for(_answers(sandbox.console))
    wait_for(_answers(sandbox.viewer))


@pytest.mark.parametrize("name", ["environment", "orchestration"])
def test_the_deployments_are_complete(sandbox: Sandbox, name: str) -> None:
    wait_for(lambda: sandbox.scene.deployment(name)["rolloutState"] == "COMPLETED")
    assert sandbox.scene.service(name)["runningCount"] == 1


def test_what_the_containers_say_is_in_cloudwatch(sandbox: Sandbox) -> None:
    wait_for(lambda: any('"message": "nginx started"' in one for one in sandbox.scene.messages()))


def test_the_console_is_its_images_user_without_capabilities(sandbox: Sandbox) -> None:
    entry_point = sandbox.scene.entry_point(sandbox.scene.ready("orchestration"))
    status = Path(f"/proc/{entry_point}/status").read_text()
    assert "Uid:\t10001\t10001" in status
    assert "CapBnd:\t0000000000000000" in status


def test_the_record_lies_in_the_tasks_volume(sandbox: Sandbox) -> None:
    entry_point = sandbox.scene.entry_point(sandbox.scene.ready("orchestration"))
    data = Path(_variables(entry_point)["DATA_DIRECTORY"])
    assert data.name == "var-lib-orchestration" and data.is_relative_to(sandbox.scene.folder)
    assert list(data.rglob("events.jsonl"))


def test_the_state_file_says_what_runs_and_what_is_not_enforced(sandbox: Sandbox) -> None:
    state = sandbox.scene.state
    assert state["isolation"] == "none"
    assert state["containers"]["processes"] is None
    assert any("security groups" in one and "DNS firewall" in one for one in state["not_enforced"])
    log = sandbox.scene.log.read_text()
    assert all(sentence in log for sentence in state["not_enforced"])


def test_a_name_in_a_variable_leads_to_whatever_task_has_it(sandbox: Sandbox) -> None:
    made = sandbox.scene
    url = _variables(made.entry_point(made.ready("orchestration")))["ENVIRONMENT_URL"]
    assert url.startswith("http://127.0.0.1:")

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    wait_for(healthy)
    first = made.ready("environment")
    os.kill(made.entry_point(first), signal.SIGKILL)
    wait_for(lambda: made.ready("environment") != first)
    wait_for(healthy)


@pytest.mark.parametrize("service", ["environment", "orchestration"])
@pytest.mark.parametrize("victim", [0, 1, 2], ids=["attendant", "second attendant", "entry point"])
def test_a_killed_task_comes_back_and_leaves_nothing(sandbox: Sandbox, service: str, victim: int) -> None:
    made = sandbox.scene
    first = made.ready(service)
    all_of_it = made.processes(first)
    os.kill(all_of_it[victim], signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, all_of_it)))
    wait_for(lambda: made.ready(service) != first)
    wait_for(_answers(sandbox.viewer if service == "environment" else sandbox.console))


def test_killed_work_is_started_again_with_its_tasks(sandbox: Sandbox) -> None:
    made = sandbox.scene
    work = int(made.state["work"])
    below = descendants.of(work)
    os.kill(work, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, below)))
    wait_for(lambda: made.state.get("work") not in (None, work))
    wait_for(lambda: made.tasks("orchestration") and _answers(sandbox.console)())


def test_the_end_leaves_nothing(new: Scene) -> None:
    door = new.serve("orchestration", 8501, new.console())
    runner = new.run("--isolation", "none")
    new.ready("orchestration")
    wait_for(_answers(door))
    below = descendants.of(runner.pid)
    assert new.stop_runner() == 0
    assert not any(map(is_alive, below))
    assert get(door) is None
    assert new.service("orchestration")["runningCount"] == 0
    assert new.tasks("orchestration") == []
    _nothing_is_left(new)


def _nothing_is_left(made: Scene) -> None:
    assert not made.state
    assert not (made.folder / "tasks").exists()
    interfaces = made.aws("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert not [one for one in interfaces if ":attachment/" in one["Description"]]
    groups = made.aws("elbv2").describe_target_groups()["TargetGroups"]
    for group in groups:
        health = made.aws("elbv2").describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        assert health["TargetHealthDescriptions"] == []


def test_nothing_outlives_a_killed_runner_and_the_next_begins_anew(new: Scene) -> None:
    door = new.serve("orchestration", 8501, new.console())
    new.run("--isolation", "none")
    first = new.ready("orchestration")
    scratch = Path(_variables(new.entry_point(first))["TMPDIR"]).parent
    below = new.kill_runner()
    assert len(below) > 4
    wait_for(lambda: not any(map(is_alive, below)))
    wait_for(lambda: not scratch.exists())
    new.run("--isolation", "none")
    wait_for(lambda: new.ready("orchestration") != first)
    wait_for(_answers(door))
    assert new.stop_runner() == 0
    _nothing_is_left(new)


def test_a_variable_that_the_image_lacks_fails_the_deployment_in_the_images_words(new: Scene) -> None:
    variables = {name: value for name, value in CONSOLE.items() if name != "DEFAULT_MODEL"}
    new.run("--isolation", "none")
    new.wait_until_attached()
    new.serve("orchestration", 8501, new.console(variables))
    reasons = _reasons_of_failure(new)
    assert all("DEFAULT_MODEL: is missing or empty" in reason for reason in reasons), reasons


def test_a_wrong_health_check_fails_the_deployment_and_is_named(new: Scene) -> None:
    check = {"command": ["CMD", "/usr/local/bin/wrong"], "interval": 5, "timeout": 5, "retries": 1}
    new.run("--isolation", "none")
    new.wait_until_attached()
    new.serve("orchestration", 8501, new.console(healthCheck=check))
    reasons = _reasons_of_failure(new)
    assert all("health checks: /usr/local/bin/wrong (status 127" in reason for reason in reasons), reasons


def _reasons_of_failure(made: Scene) -> list[str]:
    """Why the tasks of the failed deployment stopped: three, then no more."""
    wait_for(lambda: made.deployment("orchestration")["rolloutState"] == "FAILED")
    assert made.deployment("orchestration")["failedTasks"] == 3
    stopped = made.tasks("orchestration", "STOPPED")
    assert len(stopped) == 3
    assert not made.tasks("orchestration")
    return [str(one["stoppedReason"]) for one in stopped]


class TestWhereNamespacesCannotBeMade:
    def test_those_who_insist_are_refused_with_the_reason(self, new: Scene) -> None:
        runner = new.run("--isolation", "namespaces", inside=_LIKE_A_CONTAINER)
        assert runner.wait(60) == CANNOT
        assert "it takes CAP_SYS_ADMIN" in new.log.read_text()
        assert not new.state

    def test_the_others_get_loopback_and_are_told_why(self, new: Scene) -> None:
        door = new.serve("orchestration", 8501, new.console())
        new.run(inside=_LIKE_A_CONTAINER)
        new.ready("orchestration")
        wait_for(_answers(door))
        assert new.state["isolation"] == "none"
        assert "it takes CAP_SYS_ADMIN" in new.state["not_enforced"][0]


def test_an_image_that_is_not_installed_is_a_reason_that_is_shown(new: Scene, tmp_path: Path) -> None:
    new.run("--isolation", "none", venv=tmp_path / "missing")
    new.wait_until_attached()
    new.serve("orchestration", 8501, new.console())
    assert all("is not installed" in reason for reason in _reasons_of_failure(new))
