"""Slows down guessing: waits that grow for each source, and a limit for all sources together."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_FAILURES = 3
LONGEST_WAIT = 300.0
FORGET_AFTER = 3600.0
SOURCES_KEPT = 4096
GLOBAL_FAILURES = 30
GLOBAL_WINDOW = 60.0


@dataclass(slots=True)
class _Source:
    failures: int = 0
    blocked_until: float = 0.0
    last: float = 0.0


class Throttle:
    """Counts failed sign-ins. Three are free, then a source waits 1, 2, 4 … up to 300 seconds.

    All sources together have 30 failures a minute, so spreading the guesses does not help; the price is
    that a flood can keep the owner out for up to a minute at a time. For use in one event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sources: OrderedDict[str, _Source] = OrderedDict()
        self._recent: list[float] = []
        self._running: dict[str, int] = {}

    def wait(self, source: str) -> int:
        """Whole seconds until this source may try again; 0 for now.

        A source that has a try under way has to wait for its outcome: parallel guesses would all see the
        same count.
        """
        now = self._clock()
        self._recent = [moment for moment in self._recent if now - moment < GLOBAL_WINDOW]
        everyone = 0.0
        if len(self._recent) + sum(self._running.values()) >= GLOBAL_FAILURES:
            everyone = GLOBAL_WINDOW - (now - self._recent[0]) if self._recent else 1.0
        known = self._sources.get(source)
        own = known.blocked_until - now if known else 0.0
        if self._running.get(source, 0) >= FREE_FAILURES:
            own = max(own, 1.0)
        return max(0, math.ceil(max(everyone, own)))

    def begin(self, source: str) -> None:
        """A try starts; `end` must follow."""
        self._running[source] = self._running.get(source, 0) + 1

    def end(self, source: str, success: bool) -> None:
        """A try is over. A success clears the source, not the limit for all."""
        self._running[source] -= 1
        if not self._running[source]:
            del self._running[source]
        if success:
            self._sources.pop(source, None)
            return
        now = self._clock()
        self._recent.append(now)
        known = self._sources.pop(source, None)
        if known is None or now - known.last > FORGET_AFTER:
            known = _Source()
        known.failures += 1
        known.last = now
        beyond = known.failures - FREE_FAILURES
        if beyond >= 0:
            known.blocked_until = now + min(LONGEST_WAIT, 2.0**beyond)
        self._sources[source] = known
        while len(self._sources) > SOURCES_KEPT:
            self._sources.popitem(last=False)
