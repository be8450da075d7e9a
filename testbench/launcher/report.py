"""What a person sees: steps with their time, on standard error, so that standard output stays the answer."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Failure(Exception):
    """Ends the launcher with a message for a person: what is wrong, and what to do."""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


@dataclass
class Clock:
    """Where the time went: steps and their seconds, in order."""

    heartbeat_seconds: float = 20.0
    steps: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, announce: str | None = None) -> Iterator[None]:
        """Time a step. With `announce`, say that it begins, that it goes on, and how long it took."""
        began = time.monotonic()
        done = threading.Event()
        if announce:
            say(f"{announce} …")
            threading.Thread(target=self._beat, args=(announce, began, done), daemon=True).start()
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
            say(f"  … still {what} ({time.monotonic() - began:.0f} s)")

    def table(self) -> str:
        """The steps that took a second or more, and their sum."""
        width = max((len(name) for name, _ in self.steps), default=5)
        rows = [f"  {name:<{width}}  {seconds:6.1f} s" for name, seconds in self.steps if seconds >= 1]
        total = sum(seconds for _, seconds in self.steps)
        return "\n".join(["Where the time went:", *rows, f"  {'total':<{width}}  {total:6.1f} s"])
