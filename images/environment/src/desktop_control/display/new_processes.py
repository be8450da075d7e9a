"""Programs that an action started and that are still starting."""

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
class NewProcesses:
    """Processes of user `owner` that started after this object was made, except those of the sessions in
    `ignored`.

    /proc is searched only if any process has started at all, which the newest process id in /proc/loadavg
    shows.
    """

    owner: int
    ignored: frozenset[int] = frozenset()
    _started_after: int = field(init=False)
    _newest: str = field(init=False)
    _seen: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._started_after = int(time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS_PER_SECOND)
        self._newest = _newest_process()

    def busy(self) -> bool:
        """Whether one of them runs, or has started or used the processor since the last call."""
        if not self._seen and _newest_process() == self._newest:
            return False
        before, self._seen, running = self._seen, {}, False
        for entry in os.scandir(_PROC):
            if not entry.name.isdecimal():
                continue
            process = int(entry.name)
            try:
                if entry.stat().st_uid != self.owner:
                    continue
                fields = stat_fields(process)
                if int(fields[_START_TICKS]) < self._started_after or int(fields[_SESSION]) in self.ignored:
                    continue
                running = running or wants_to_run(process)
                self._seen[process] = main_thread_nanoseconds(process)
            except OSError:
                continue  # the process ended meanwhile
        return running or any(used != before.get(process) for process, used in self._seen.items())


def _newest_process() -> str:
    return (_PROC / "loadavg").read_text().split()[-1]
