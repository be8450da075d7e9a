"""Which programs use the CPU time of a command, read from Linux's /proc while it runs."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

_PROC = Path("/proc")
_PERIOD_SECONDS = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(run: Callable[[], object]) -> dict[str, float]:
    """Seconds by program, largest first, of all that `run` starts; nothing where there is no /proc.

    The processes are sampled, so the last twentieth of a second of each is not counted.
    """
    earlier = set(_children())
    seen: dict[int, tuple[str, float]] = {}
    done = threading.Event()
    sampler = threading.Thread(target=_sample, args=(earlier, seen, done))
    sampler.start()
    try:
        run()
    finally:
        done.set()
        sampler.join()
    sums: dict[str, float] = defaultdict(float)
    for name, seconds in seen.values():
        sums[name] += seconds
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _sample(earlier: set[int], seen: dict[int, tuple[str, float]], done: threading.Event) -> None:
    while not done.wait(_PERIOD_SECONDS):
        for pid in _children():
            if pid not in earlier and (now := _process(pid)) is not None:
                seen[pid] = now


def _children() -> list[int]:
    """IDs of all processes that descend from this one."""
    parents = {int(file.parent.name): _fields(file) for file in _PROC.glob("[0-9]*/stat")}
    of: dict[int, list[int]] = defaultdict(list)
    for pid, fields in parents.items():
        if fields:
            of[int(fields[1])].append(pid)
    found, next_ones = list[int](), [os.getpid()]
    while next_ones:
        next_ones = [child for pid in next_ones for child in of[pid]]
        found.extend(next_ones)
    return found


def _process(pid: int) -> tuple[str, float] | None:
    """The name of the process's program and the CPU seconds that it has used; None if it has ended."""
    fields = _fields(_PROC / str(pid) / "stat")
    try:
        name = (_PROC / str(pid) / "exe").readlink().name
    except OSError:
        return None  # it has ended
    return (name, (int(fields[11]) + int(fields[12])) / _TICKS) if fields else None


def _fields(stat: Path) -> list[str]:
    """The fields after the program's name, from the state on; see proc(5). Empty if the process has ended."""
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []
