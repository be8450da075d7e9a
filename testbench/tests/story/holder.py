"""Process 1 of the story's own machine: `python holder.py FOLDER CHECKOUT SHARED PART…`, in new namespaces.

The clone in FOLDER is shown in the checkout's place, since what is built names its own path. The checkout's
PARTs, which are built from the same files, are below the clone's: what is written there does not get through
to them. The folders in SHARED, a list with commas, are the clone's and the checkout's both. The machine ends
with this process, and this process with its standard input.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from runner import kernel

_TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")
_WITH_MOUNTS = kernel.MS_BIND | kernel.MS_REC


def main(folder: Path, checkout: Path, shared: list[str], parts: list[str]) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    kernel.mount("written", "/var/tmp", "tmpfs")
    clone = folder / "clone"
    for part in parts:
        _overlay(checkout / part, clone / part, Path("/var/tmp", part))
    for part in shared:
        (clone / part).mkdir(parents=True, exist_ok=True)
        kernel.mount(str(checkout / part), str(clone / part), flags=kernel.MS_BIND)
    kept = os.open(folder, os.O_PATH)
    for temporary in _TEMPORARY:
        kernel.mount("temporary", temporary, "tmpfs", options="mode=1777")
    for place, source in ((folder, "."), (checkout, "clone")):
        place.mkdir(parents=True, exist_ok=True)  # it may have been in /tmp
        kernel.mount(f"/proc/self/fd/{kept}/{source}", str(place), flags=_WITH_MOUNTS)
    os.close(kept)
    signal.signal(signal.SIGCHLD, _reap)
    print("ready", flush=True)
    sys.stdin.read()


def _overlay(lower: Path, merged: Path, written: Path) -> None:
    upper, work = written / "upper", written / "work"
    for folder in (merged, upper, work):
        folder.mkdir(parents=True, exist_ok=True)
    kernel.mount("part", str(merged), "overlay", options=f"lowerdir={lower},upperdir={upper},workdir={work}")


def _reap(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:])
