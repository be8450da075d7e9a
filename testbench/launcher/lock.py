"""A lock that lets one launcher work at a time. The kernel releases it however its holder ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from launcher.report import Failure


@contextmanager
def held(path: Path, command: str) -> Iterator[None]:
    """Hold the lock, or raise a `Failure` that names the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"{_holder(path)} is at work here. Wait for it to end, or stop it.") from None
        file.truncate(0)
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "command": command, "since": since}, file)
        file.flush()
        yield
        file.truncate(0)


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"`make {holder['command']}` (process {holder['pid']}, since {holder['since']})"
    except (ValueError, KeyError):
        return "Another run that has just started"
