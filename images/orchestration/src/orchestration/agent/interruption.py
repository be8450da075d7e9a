"""Ends whatever the agent is waiting for: the stop button, the time budget, the end of the process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """The task was interrupted; `reason` is `stopped`, `budget` or `shutdown`, `text` says it in words."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Interruption:
    """Set once; everything that runs under `guard` is then cancelled. Belongs to one event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._cause: Interrupted | None = None

    def set(self, reason: str, text: str) -> None:
        """Interrupt; the first reason stays."""
        if self._cause is None:
            self._cause = Interrupted(reason, text)
            self._event.set()

    @property
    def cause(self) -> Interrupted | None:
        """Why, or None while nothing interrupts."""
        return self._cause

    def check(self) -> None:
        """Raises:
        Interrupted: when it is set.
        """
        if self._cause is not None:
            raise self._cause

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` until it ends or the interruption comes; then it is cancelled and awaited.

        Raises:
            Interrupted: when it came first.
        """
        task = asyncio.ensure_future(work)
        watcher = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
            self.check()
            raise AssertionError("the watcher ended without a cause")
        finally:
            watcher.cancel()
            task.cancel()

    async def sleep(self, seconds: float) -> None:
        """Wait, unless interrupted."""
        await self.guard(asyncio.sleep(seconds))
