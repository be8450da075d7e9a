"""What a person sees of a command's progress: steps with their time, on standard error.

Standard output holds only what the command is asked for.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Failure(Exception):
    """Ends the command with a message for a person: what is wrong, and what to do."""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


@dataclass
class Clock:
    """Where the time went: steps and their seconds, in the order in which they ended."""

    heartbeat_seconds: float = 20.0
    steps: list[tuple[str, float]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str, announce: str | None = None, about_seconds: int = 0) -> Iterator[None]:
        """Time a step; steps may overlap.

        With `announce`, say that it begins, that it goes on, and how long it took. `about_seconds` is how
        long it is expected to take; 0 where nothing is known.
        """
        began = time.monotonic()
        done = threading.Event()
        if announce:
            expected = f", about {about_seconds} s" if about_seconds else ""
            say(f"{announce}{expected} …")
            beat = (announce + expected, began, done)
            threading.Thread(target=self._beat, args=beat, daemon=True).start()
        try:
            yield
        finally:
            done.set()
            seconds = time.monotonic() - began
            self.steps.append((name, seconds))
            if announce:
                say(f"{announce}: {seconds:.0f} s")

    def _beat(self, what: str, began: float, done: threading.Event) -> None:
        while not done.wait(self.heartbeat_seconds):
            say(f"  … still {what} ({time.monotonic() - began:.0f} s so far)")

    def table(self) -> str:
        """The steps that took a second or more, and the time since the clock was made."""
        width = max((len(name) for name, _ in self.steps), default=5)
        rows = [f"  {name:<{width}}  {seconds:6.1f} s" for name, seconds in self.steps if seconds >= 1]
        total = time.monotonic() - self.began
        return "\n".join(["Where the time went:", *rows, f"  {'total':<{width}}  {total:6.1f} s"])
