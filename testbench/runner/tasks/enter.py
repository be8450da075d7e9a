"""`python -m runner.tasks.enter`, a task's first process: enters its namespaces, then starts its entry point.

The specification comes as JSON on standard input, so that no secret is in an argument or a file. On the
descriptor that it names goes the process id of the task's process 1. SIGTERM is passed on as the image's stop
signal. The status is the task's; 125 says that it could not be started, as `docker run` does. When the runner
ends, in whatever way, the kernel ends this, and with it everything in the task.

Process 1 keeps the rights that building the root takes: a process of the task's has fewer, and so the kernel
lets none trace it or follow its /proc/1/exe.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from runner import kernel
from runner.tasks.execution import CANNOT_START, execute, exit_code, import_nothing_more
from runner.tasks.layout import Directory
from runner.tasks.root_file_system import RootFileSystem, VolumeMount
from runner.tasks.user import User


def main() -> int:
    kernel.end_with_parent(signal.SIGKILL)
    specification: dict[str, Any] = json.load(sys.stdin)
    if os.getppid() != specification["runner"]:
        return CANNOT_START  # it ended before the kernel was told
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    network = os.open(specification["network"], os.O_RDONLY | os.O_CLOEXEC)
    kernel.setns(network, kernel.CLONE_NEWNET)
    os.close(network)
    os.umask(0o022)
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWUTS | kernel.CLONE_NEWIPC)
    child = os.fork()
    if child == 0:
        kernel.end_with_parent(signal.SIGKILL)
        _become_process_one(specification)
    import_nothing_more()  # the root of the task becomes this process's too
    os.write(specification["ready"], f"{child}\n".encode())
    os.close(specification["ready"])
    return _wait_for(child, getattr(signal, specification["stop_signal"]))


def _wait_for(child: int, stop_signal: signal.Signals) -> int:
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, stop_signal))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _, status = os.waitpid(child, 0)
    return exit_code(status)


def _become_process_one(specification: dict[str, Any]) -> None:
    """Build the root, start the entry point, pass signals on, wait for every process that loses its parent.

    Does not return. The entry point is a child, because the kernel forgets `end_with_parent` when a process
    becomes another user, and this one has to end with the runner.
    """
    try:
        os.close(specification["ready"])
        socket.sethostname(specification["host_name"])
        _root(specification).enter(Path(specification["base"]))
        import_nothing_more()
        os.chdir(specification["folder"])
        main_process = os.fork()
        if main_process == 0:
            _become_entry_point(specification)
        _be_init(main_process)
    except BaseException as error:
        print(f"cannot start the container: {error}", file=sys.stderr, flush=True)
        os._exit(CANNOT_START)


def _be_init(main_process: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
        signal.signal(number, lambda received, _: os.kill(main_process, received))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    while True:
        ended, status = os.wait()
        if ended == main_process:
            os._exit(exit_code(status))


def _become_entry_point(specification: dict[str, Any]) -> None:
    User(**specification["user"]).become(specification["capabilities"])
    execute(specification["command"], specification["environment"])


def _root(specification: dict[str, Any]) -> RootFileSystem:
    raw = specification["root"]
    return RootFileSystem(
        trees={path: Path(tree) for path, tree in raw["trees"].items()},
        raising=raw["raising"],
        links=raw["links"],
        directories=[
            Directory(**{**one, "copy_of": Path(one["copy_of"]) if one["copy_of"] else None})
            for one in raw["directories"]
        ],
        files=raw["files"],
        volumes=[VolumeMount(Path(one["source"]), one["path"], one["read_only"]) for one in raw["volumes"]],
        read_only=raw["read_only"],
    )


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # the interpreter's own end might import something
