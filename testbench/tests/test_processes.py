"""Which processes count as alive."""

from __future__ import annotations

import os
import subprocess
import sys

from launcher import processes

# Its child ends at once, and is not waited for while this one lives.
_CARELESS_PARENT = (
    "import os, sys; child = os.fork() or os._exit(0); print(child, flush=True); sys.stdin.read()"
)


def test_a_process_that_nobody_waits_for_counts_as_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _CARELESS_PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        child = int(parent.stdout.readline())
        processes.end(child, 5)
        assert not processes.is_alive(child) and processes.is_alive(parent.pid)
        os.kill(child, 0)  # the kernel still knows its id
        parent.stdin.close()
