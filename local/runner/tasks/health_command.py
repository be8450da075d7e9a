"""Running a health check's command, and ending it for sure when it takes too long."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

TIMED_OUT = 124  # as `timeout` of coreutils says it


def run_check(
    command: Sequence[str], environment: Mapping[str, str], timeout: float, folder: str = "/"
) -> tuple[int, str]:
    """Its status and output; it starts in `folder`. After the timeout, in seconds, its group is killed."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        # What has left the group may keep the pipe open: nobody waits for that.
        assert process.stdout is not None
        process.stdout.close()
        process.wait()
        return TIMED_OUT, f"no answer within {timeout:g} s"
    return process.returncode, output.decode(errors="replace")
