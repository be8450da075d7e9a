"""The classes of the program as the JVM had them in memory: with it, a start neither reads nor verifies them.

The first run that ends well leaves the archive, since only a real run loads what a run loads. The JVM
compares it with itself and with each jar on the class path, and starts without it where they differ. JDK 17
crashes on one that is cut short, so an archive that is not as it was left is removed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher.places import Places

# Where the `java` of `launcher.jvm` leaves an archive when its run ends.
RECORD = "SANDBOX_RECORD_CLASSES"


def archive(places: Places) -> Path:
    return places.jvm / "classes.jsa"


def remove_damaged(places: Places) -> None:
    """Remove an archive that is not as it was left; the next run leaves another."""
    found = archive(places)
    if found.exists() and _identity(found) != _left(places):
        found.unlink()


def run(places: Places, variables: Mapping[str, str], command: Callable[[Mapping[str, str]], int]) -> int:
    """Run a command that runs the program, and return its code. Where there is no archive, leave one."""
    if archive(places).exists():
        return command(variables)
    recorded = places.jvm / f"recorded-{os.getpid()}.jsa"
    try:
        code = command({**variables, RECORD: str(recorded)})
        if code == 0 and recorded.exists():
            _identity_file(places).write_text(_identity(recorded), encoding="utf-8")
            recorded.rename(archive(places))
        return code
    finally:
        recorded.unlink(missing_ok=True)


def _left(places: Places) -> str:
    file = _identity_file(places)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _identity_file(places: Places) -> Path:
    return places.jvm / "classes.identity"


def _identity(file: Path) -> str:
    status = file.stat()
    return f"{status.st_size} bytes, changed {status.st_mtime_ns} ns"
