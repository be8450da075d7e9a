"""Running a health check's command, and ending it for sure when it takes too long."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

TIMED_OUT = 124  # as `timeout` of coreutils says it


@dataclass(frozen=True)
class Check:
    """A program that starts in `folder`, gets `given` on standard input, and keeps the descriptors open."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    given: bytes = b""
    descriptors: Collection[int] = ()


def run_check(check: Check, timeout: float) -> tuple[int, str]:
    """Its status and output. After the timeout, in seconds, its group is killed."""
    process = subprocess.Popen(
        check.command,
        env=dict(check.environment),
        cwd=check.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(check.descriptors),
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(check.given, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        # What has left the group may keep the pipe open: nobody waits for that.
        assert process.stdout is not None
        process.stdout.close()
        process.wait()
        return TIMED_OUT, f"no answer within {timeout:g} s"
    return process.returncode, output.decode(errors="replace")
