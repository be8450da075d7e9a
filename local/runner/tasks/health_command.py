"""Running a health check's command, and ending it for sure when it takes too long."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

TIMED_OUT = 124  # as `timeout` of coreutils says it


def run_check(command: Sequence[str], environment: Mapping[str, str], timeout: float) -> tuple[int, str]:
    """Its status and output. After the timeout, in seconds, all that it has started is killed."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return TIMED_OUT, f"no answer within {timeout:g} s"
    return process.returncode, output.decode(errors="replace")
