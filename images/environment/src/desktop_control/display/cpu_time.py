"""How much processor time a process has used, and whether it wants to run now: of its main thread, which
handles a program's input, or of all its threads."""

import os
from pathlib import Path

_PROC = Path("/proc")
_NANOSECONDS_PER_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted after the parenthesised name.
_WANTS = ("R", "D")
_STATE, _USER_TICKS, _SYSTEM_TICKS = 0, 11, 12


def stat_fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name. Raises OSError when the process is gone."""
    return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def main_thread_nanoseconds(process: int) -> int:
    """Processor time of the main thread, in nanoseconds. Raises OSError when the process is gone."""
    try:
        return int((_PROC / str(process) / "schedstat").read_text().split()[0])
    except (FileNotFoundError, IndexError):  # a kernel without scheduler statistics counts ticks only
        return ticks(process) * _NANOSECONDS_PER_TICK


def ticks(process: int) -> int:
    """Processor time of all threads together, in clock ticks. Raises OSError when the process is gone."""
    fields = stat_fields(process)
    return int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])


def main_thread_wants_to_run(process: int) -> bool:
    """Whether the main thread runs, waits for a processor or waits for the disk. Raises OSError when the
    process is gone."""
    return stat_fields(process)[_STATE] in _WANTS


def wants_to_run(process: int) -> bool:
    """Whether any thread runs, waits for a processor or waits for the disk. Raises OSError when the process
    is gone."""
    threads = (_PROC / str(process) / "task").iterdir()
    return any(_state(thread) in _WANTS for thread in threads)


def _state(thread: Path) -> str:
    try:
        return (thread / "stat").read_text().rpartition(")")[2][1:2]
    except OSError:
        return ""  # the thread ended meanwhile
