"""kill -9 of the tasks, of the runner's work, and of all of the runner: all comes back."""

from __future__ import annotations

import json

from story.machine import Machine
from story.sandbox import Sandbox, wait_for

SERVICES = ("environment", "orchestration")


def test_killed_tasks_are_replaced(sandbox: Sandbox) -> None:
    before = {sandbox.task(which)["taskArn"] for which in SERVICES}
    processes = first_processes(sandbox.machine)
    assert len(processes) == len(SERVICES)
    kill(sandbox.machine, *processes)
    wait_for(lambda: before.isdisjoint(sandbox.task(which)["taskArn"] for which in SERVICES))
    wait_for(sandbox.is_open)
    for which in SERVICES:
        stopped = [one for one in sandbox.tasks(which, "STOPPED") if one["taskArn"] in before]
        assert [one["stopCode"] for one in stopped] == ["EssentialContainerExited"]
        assert "exited with status 137" in stopped[0]["stoppedReason"]


def first_processes(machine: Machine) -> list[int]:
    """Process 1 of each task: see runner/tasks/enter.py."""
    listed = machine.run("ps", "-eo", "pid,ppid,args", "--no-headers")
    rows = [line.split(None, 2) for line in listed.splitlines()]
    entering = {pid for pid, _, words in rows if words.endswith("-m runner.tasks.enter")}
    return [int(pid) for pid, parent, _ in rows if {pid, parent} <= entering]


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
    wait_for(lambda: not first_processes(machine), 10)
    assert not sandbox.is_open()
    said = sandbox.make("up")
    assert "The task runner had ended without being told to; it is started again." in said
    assert sandbox.is_open() and runner(machine)["guard"] != before["guard"]
