"""One launcher at a time, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import LOCAL
from launcher import lock
from launcher.report import Failure

HOLD = (
    "import sys, time; from pathlib import Path; from launcher import lock\n"
    "with lock.held(Path(sys.argv[1]), 'up'):\n    print('held', flush=True); time.sleep(60)"
)


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        lock.held(path, "up"),
        pytest.raises(Failure, match=rf"`make up` \(process {os.getpid()}, since "),
        lock.held(path, "destroy"),
    ):
        raise AssertionError("held twice")
    with lock.held(path, "destroy"):
        pass


def test_the_lock_is_free_once_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Failure, match=str(holder.pid)), lock.held(path, "up"):
            raise AssertionError("held twice")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with lock.held(path, "up"):
        pass
