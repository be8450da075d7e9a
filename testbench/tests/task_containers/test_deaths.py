"""kill -9 of a runner, or of the guard of its containers, leaves no container behind for long."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from runner.tasks.engine import EngineBackend
from task_containers.launches import runner, wait_for_guard
from task_containers.toy import Toy


@pytest.mark.parametrize("network", ["namespace", "bridge"])
def test_kill_9_of_the_runner_ends_its_containers(
    machine: Toy, backend: EngineBackend, tmp_path: Path, network: str
) -> None:
    process, _ = runner(machine, tmp_path, network)
    with process:
        assert machine.everything() != ""
        process.kill()
        wait_for_guard(process)
    assert machine.everything() == ""


def test_what_a_runner_killed_with_its_guard_has_left_is_removed_by_the_next(
    machine: Toy, backend: EngineBackend, tmp_path: Path
) -> None:
    process, guard = runner(machine, tmp_path, "namespace")
    with process:
        os.kill(guard, signal.SIGKILL)
        process.kill()
    assert len(machine.engine.run("ps", "--quiet").split()) == 1
    with closing(EngineBackend(machine.engine, tmp_path / "another", machine.registry)) as another:
        assert another.remove_leftovers() == 0
    # Container and volume.
    assert backend.remove_leftovers() == 2
    assert machine.everything() == ""
    assert backend.remove_leftovers() == 0
