"""Guessing passwords gets slower with every wrong guess, for one source and for all sources together."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

_FREE_GUESSES = 4
_LONGEST_SECONDS = 300.0
_REMEMBERED_SOURCES = 1000
_WINDOW_SECONDS = 60.0
_GUESSES_IN_WINDOW = 30


class Backoff:
    """Says how long a source must wait before its next guess counts. `clock` gives seconds.

    Behind the load balancer all people may share one source address; the bound for all sources is what then
    holds, and for whoever comes from many addresses.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._recent: deque[float] = deque()

    def seconds_to_wait(self, source: str) -> float:
        """0 when a guess may be made now."""
        now = self._clock()
        while self._recent and self._recent[0] <= now - _WINDOW_SECONDS:
            self._recent.popleft()
        wait = 0.0
        if len(self._recent) >= _GUESSES_IN_WINDOW:
            wait = self._recent[0] + _WINDOW_SECONDS - now
        count, last = self._failures.get(source, (0, now))
        if count > _FREE_GUESSES:
            wait = max(wait, last + min(2.0 ** (count - _FREE_GUESSES - 1), _LONGEST_SECONDS) - now)
        return wait

    def failed(self, source: str) -> None:
        """A guess was wrong."""
        now = self._clock()
        count, _ = self._failures.pop(source, (0, now))
        self._failures[source] = (count + 1, now)
        if len(self._failures) > _REMEMBERED_SOURCES:
            self._failures.popitem(last=False)
        self._recent.append(now)

    def succeeded(self, source: str) -> None:
        """The password was right: the source starts anew."""
        self._failures.pop(source, None)
