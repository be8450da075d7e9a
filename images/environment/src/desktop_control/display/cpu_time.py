"""How long a process's main thread has used the processor: the thread that handles a program's input."""

import os
from pathlib import Path

_PROC = Path("/proc")
_NANOSECONDS_PER_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted after the parenthesised name.
_USER_TICKS, _SYSTEM_TICKS = 11, 12


def stat_fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name. Raises OSError when the process is gone."""
    return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def main_thread_nanoseconds(process: int) -> int:
    """Nanoseconds on the processor so far. Raises OSError when the process is gone."""
    try:
        return int((_PROC / str(process) / "schedstat").read_text().split()[0])
    except (FileNotFoundError, IndexError):  # a kernel without scheduler statistics counts in ticks only
        fields = stat_fields(process)
        return (int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) * _NANOSECONDS_PER_TICK
