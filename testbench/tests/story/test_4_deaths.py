"""kill -9 of the tasks, of the runner's work, and of all of the runner: all comes back."""

from __future__ import annotations

import json

from story.machine import Machine
from story.sandbox import Sandbox, wait_for

SERVICES = ("environment", "orchestration")


def test_killed_tasks_are_replaced(sandbox: Sandbox) -> None:
    before = {sandbox.task(which)["taskArn"] for which in SERVICES}
    kill(sandbox.machine, *(sandbox.container(which)["State"]["Pid"] for which in SERVICES))
    wait_for(lambda: before.isdisjoint(sandbox.task(which)["taskArn"] for which in SERVICES))
    wait_for(sandbox.is_open)
    for which in SERVICES:
        stopped = [one for one in sandbox.tasks(which, "STOPPED") if one["taskArn"] in before]
        assert [one["stopCode"] for one in stopped] == ["EssentialContainerExited"]
        assert "exited with status 137" in stopped[0]["stoppedReason"]


def kill(machine: Machine, *processes: int) -> None:
    machine.run("kill", "-KILL", *map(str, processes))


def runner(machine: Machine) -> dict[str, int]:
    state: dict[str, int] = json.loads(machine.read(".local/fargate/runner.json"))
    return state


def test_a_runner_that_dies_starts_again_with_its_tasks(sandbox: Sandbox) -> None:
    machine, before = sandbox.machine, runner(sandbox.machine)
    kill(machine, before["work"])
    wait_for(lambda: runner(machine)["work"] != before["work"])
    assert runner(machine)["guard"] == before["guard"]
    wait_for(sandbox.is_open)


def test_the_next_up_brings_back_a_runner_that_was_killed_for_good(sandbox: Sandbox) -> None:
    machine, before = sandbox.machine, runner(sandbox.machine)
    kill(machine, before["guard"], before["work"])
    wait_for(lambda: not sandbox.containers(), 20)
    assert not sandbox.is_open()
    said = sandbox.make("up")
    assert "The task runner had ended without being told to; it is started again." in said
    assert sandbox.is_open() and runner(machine)["guard"] != before["guard"]
