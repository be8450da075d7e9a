"""Waiting until the screen shows what an action did, and no longer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desktop_control.display.damage import DamageWatch


@dataclass(frozen=True)
class Patience:
    """How long the screen must be quiet, and how long to wait for that at most, in seconds."""

    quiet: float = 0.08
    limit: float = 1.9


class Busy(Protocol):
    """Something whose work may yet change the screen."""

    def busy(self) -> bool:
        """Whether it worked since the last call."""


def settle(watch: DamageWatch, workers: Sequence[Busy], patience: Patience) -> bool:
    """Wait until the screen has been quiet for `patience.quiet` while none of `workers` was busy.

    The quiet begins now at the earliest: what an action sets off needs a moment to show. Returns whether it
    settled; False means that `patience.limit` passed first, as with an animation or a program that takes long
    to start.
    """
    quiet_since = time.monotonic()
    deadline = quiet_since + patience.limit
    while True:
        quiet_since = max(quiet_since, watch.last_change)
        now = time.monotonic()
        if now >= deadline:
            return False
        missing = quiet_since + patience.quiet - now
        if missing > 0:
            time.sleep(min(missing, deadline - now))
        elif any([worker.busy() for worker in workers]):  # a list: each must look, to compare with next time
            quiet_since = now
        else:
            return True
