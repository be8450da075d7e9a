"""Waits until the screen shows the result of an action."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desktop_control.display.damage import DamageWatch


@dataclass(frozen=True)
class SettleTimes:
    """Seconds without a change until the screen counts as settled, and the longest wait for that."""

    quiet: float = 0.08
    limit: float = 1.9


class Busy(Protocol):
    """Something that may still change the screen."""

    def busy(self) -> bool:
        """Whether it worked since the last call."""


def settle(watch: DamageWatch, workers: Sequence[Busy], settle_times: SettleTimes) -> bool:
    """Wait until the screen has been quiet for `settle_times.quiet` while none of `workers` was busy.

    The quiet time starts at this call or later, because the effect of an action takes a moment to show.
    Returns False if `settle_times.limit` passed first, as with an animation or a program that starts slowly.
    """
    quiet_since = time.monotonic()
    deadline = quiet_since + settle_times.limit
    while True:
        quiet_since = max(quiet_since, watch.last_change)
        now = time.monotonic()
        if now >= deadline:
            return False
        missing = quiet_since + settle_times.quiet - now
        if missing > 0:
            time.sleep(min(missing, deadline - now))
        elif any([worker.busy() for worker in workers]):  # not a generator: every worker must take its sample
            quiet_since = now
        else:
            return True
