"""When to ask the model again after a failure, and how long to wait first."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRYABLE_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class BackOff:
    """Doubling waits with jitter. `attempts` counts the first try; times are seconds."""

    attempts: int = 7
    first: float = 1.0
    longest: float = 60.0

    def wait(self, failures: int, retry_after: float | None, chance: float | None = None) -> float:
        """Seconds to wait after `failures` failures in a row (1 or more).

        What the server asks for is the least; without it the wait doubles each time, shortened by up to
        half at random so that many clients do not come back together.
        """
        doubled = min(self.longest, self.first * 2.0 ** (failures - 1))
        jitter = random.random() if chance is None else chance
        own = doubled * (1 - jitter / 2)
        return own if retry_after is None else max(retry_after, own * 0.1)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a response asks to wait: `retry-after-ms`, or `retry-after` as seconds or as a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else -1.0
    except ValueError:
        return None
    return number if 0 <= number < 86_400 else None
