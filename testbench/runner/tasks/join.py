"""`python -m runner.tasks.join`, a health check: enters a task, becomes its user, and executes the command.

What to do comes as JSON on standard input, so that no secret is in an argument; the descriptor that it names
is open on the task's process 1 (pidfd_open(2)), so that it is never another's. This is the runner's own
program until the command: no program of the task's runs with more rights than the task has, and the process
that the task sees is born with no more. The status is the command's.
"""

from __future__ import annotations

import json
import os
import sys

from runner import kernel
from runner.tasks.execution import CANNOT_START, execute, exit_code, import_nothing_more
from runner.tasks.user import User

_NAMESPACES = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWUTS | kernel.CLONE_NEWIPC | kernel.CLONE_NEWNET
)


def main() -> int:
    order = json.load(sys.stdin)
    try:
        kernel.setns(order["process_one"], _NAMESPACES)
        import_nothing_more()
        os.close(order["process_one"])
        os.umask(0o022)
        os.chdir(order["folder"])
        User(**order["user"]).become(order["capabilities"])
        child = os.fork()  # only a child is in the task's process namespace
    except OSError as error:
        print(f"cannot enter the container: {error}", file=sys.stderr, flush=True)
        return CANNOT_START
    if child == 0:
        execute(order["command"], order["environment"])
    return exit_code(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # the interpreter's own end might import something
