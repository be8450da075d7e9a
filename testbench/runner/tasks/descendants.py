"""The processes below a process, from /proc. Standard library only."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def of(ancestor: int) -> list[int]:
    """Its children, their children and so on, but for those that have ended and wait to be waited for."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def kill(ancestor: int) -> None:
    """SIGKILL to all below it, once: what is started meanwhile is left."""
    for process_id in of(ancestor):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def _parent(entry: Path) -> int | None:
    try:
        text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None  # it has ended
    # The name in parentheses may hold anything, parentheses too (proc(5)).
    state, parent, *_ = text.rpartition(")")[2].split()
    return None if state == "Z" else int(parent)
