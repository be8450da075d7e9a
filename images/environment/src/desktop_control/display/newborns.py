"""Programs that an action started and that are still busy starting."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted after the parenthesised name.
_STATE, _SESSION, _USER_TICKS, _SYSTEM_TICKS, _START_TICKS = 0, 3, 11, 12, 19


@dataclass
class Newborns:
    """Processes of user `owner` born since this object was made, apart from those of the sessions in `ignored`.

    /proc is walked only when a process was born at all: the newest process id is in /proc/loadavg.
    """

    owner: int
    ignored: frozenset[int] = frozenset()
    _born_after: int = field(init=False)
    _newest: str = field(init=False)
    _seen: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._born_after = int(time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS_PER_SECOND)
        self._newest = _newest_process()

    def busy(self) -> bool:
        """Whether one has used the processor, waited for the disk or come into being since the last call."""
        if not self._seen and _newest_process() == self._newest:
            return False
        seen = dict(self._walk())
        busy = any(time_used != self._seen.get(process) for process, time_used in seen.items())
        self._seen = {process: max(time_used, 0) for process, time_used in seen.items()}
        return busy

    def _walk(self) -> "list[tuple[int, int]]":
        """(process id, nanoseconds on the processor, or -1 while it waits for the disk) of each newborn."""
        found = []
        for entry in os.scandir(_PROC):
            if not entry.name.isdecimal():
                continue
            try:
                if entry.stat().st_uid != self.owner:
                    continue
                fields = (_PROC / entry.name / "stat").read_text().rpartition(")")[2].split()
                if int(fields[_START_TICKS]) < self._born_after or int(fields[_SESSION]) in self.ignored:
                    continue
                found.append((int(entry.name), -1 if fields[_STATE] == "D" else _time_used(entry.name, fields)))
            except OSError:
                continue  # it ended while we looked
        return found


def _time_used(process: str, fields: list[str]) -> int:
    try:
        return int((_PROC / process / "schedstat").read_text().split()[0])
    except (OSError, IndexError):  # a kernel without scheduler statistics counts in ticks only
        return (int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) * (1_000_000_000 // _TICKS_PER_SECOND)


def _newest_process() -> str:
    return (_PROC / "loadavg").read_text().split()[-1]
