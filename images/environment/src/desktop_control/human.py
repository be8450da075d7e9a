"""Records when a person last moved the mouse or pressed a key in the viewer.

The time is kept in a file of eight bytes, so that it outlives a restart of the control API.
"""

import mmap
import os
import struct
import time
from pathlib import Path

_STAMP = struct.Struct("=Q")
_NEVER = 0


class HumanActivity:
    """The time stamp in file `path`, which is created if it does not exist. The clock is CLOCK_MONOTONIC,
    which is the same for all processes of a machine."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < _STAMP.size:
                os.ftruncate(descriptor, _STAMP.size)
            self._memory = mmap.mmap(descriptor, _STAMP.size)
        finally:
            os.close(descriptor)

    def note(self) -> None:
        """Record that a person acted now."""
        _STAMP.pack_into(self._memory, 0, time.monotonic_ns())

    def seconds_since(self) -> float:
        """Seconds since a person last acted, or infinity if nobody has."""
        (stamp,) = _STAMP.unpack_from(self._memory, 0)
        return float("inf") if stamp == _NEVER else (time.monotonic_ns() - stamp) / 1e9
