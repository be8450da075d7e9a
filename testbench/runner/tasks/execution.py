"""From the runner's own code to a program of the task's, without running anything of the task's before."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

# As `docker run` says them.
CANNOT_START = 125
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127


def import_nothing_more() -> None:
    """From now on no `import` reads a file: in a task's root, the files are the task's."""
    sys.meta_path.clear()


def execute(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Become this program, with nothing on standard input. A name without a slash is looked for in PATH."""
    error: OSError = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    try:
        _heed_all_signals()
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        for program in _candidates(command[0], environment):
            try:
                os.execve(program, list(command), environment)
            except OSError as raised:
                if not isinstance(raised, (FileNotFoundError, NotADirectoryError)):
                    error = raised
        print(f"cannot execute {command[0]}: {error.strerror}", file=sys.stderr, flush=True)
        os._exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)
    except BaseException as raised:
        print(f"cannot execute {command[0]}: {raised}", file=sys.stderr, flush=True)
        os._exit(CANNOT_START)


def _heed_all_signals() -> None:
    """As in a container. A runner that was started by `nohup`, or behind a script, ignores some signals.

    A shell could not even trap those, and its container would have to be killed.
    """
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def exit_code(status: int) -> int:
    """Of a wait status: 128 + the signal's number when one ended it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _candidates(program: str, environment: Mapping[str, str]) -> list[str]:
    if "/" in program:
        return [program]
    return [f"{folder or '.'}/{program}" for folder in environment.get("PATH", os.defpath).split(":")]
