"""Programs that an action started and that are still busy starting."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from desktop_control.display.cpu_time import main_thread_nanoseconds, stat_fields, wants_to_run

_PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted after the parenthesised name.
_SESSION, _START_TICKS = 3, 19


@dataclass
class Newborns:
    """Processes of user `owner` born since this object was made, apart from those of the sessions in
    `ignored`.

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
        """Whether one is at work, or has used the processor or come into being since the last call."""
        if not self._seen and _newest_process() == self._newest:
            return False
        before, self._seen, at_work = self._seen, {}, False
        for entry in os.scandir(_PROC):
            if not entry.name.isdecimal():
                continue
            process = int(entry.name)
            try:
                if entry.stat().st_uid != self.owner:
                    continue
                fields = stat_fields(process)
                if int(fields[_START_TICKS]) < self._born_after or int(fields[_SESSION]) in self.ignored:
                    continue
                at_work = at_work or wants_to_run(process)
                self._seen[process] = main_thread_nanoseconds(process)
            except OSError:
                continue  # it ended while we looked
        return at_work or any(used != before.get(process) for process, used in self._seen.items())


def _newest_process() -> str:
    return (_PROC / "loadavg").read_text().split()[-1]
