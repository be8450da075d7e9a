"""Watches the services while `pulumi up` waits for them, and ends the wait when one has failed for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from launcher import ecs
from launcher.ecs import Deployment
from launcher.report import say

_SECONDS = 1.0
# Three tasks that never become healthy, with their start periods, take five minutes.
_SETTLE_SECONDS = 600.0


class Watch:
    """Collects failed deployments from now on; `failures` holds a sentence for the user about each."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._before = {one.arn for one in ecs.deployments(url) if not one.is_under_way}
        self.failures: list[str] = []

    def look(self) -> list[Deployment]:
        """Return the deployments, and report those that have failed since the last call. Raises `OSError`."""
        found = ecs.deployments(self._url)
        for one in found:
            if one.has_failed and one.arn not in self._before:
                self._before.add(one.arn)
                self.failures.append(one.complaint())
                say(one.complaint())
        return found

    def settle(self) -> None:
        """Wait until no deployment is in progress, ten minutes at most."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while any(one.is_under_way for one in self.look()) and time.monotonic() < deadline:
            time.sleep(_SECONDS)


@contextmanager
def watching(url: str, give_up: Callable[[], None]) -> Iterator[Watch]:
    """Look every second, in a thread. Calls `give_up` once when a deployment has failed for good."""
    watch, ended = Watch(url), threading.Event()

    def run() -> None:
        while not ended.wait(_SECONDS):
            try:
                if any(one.is_given_up for one in watch.look()) and watch.failures:
                    give_up()
                    return
            except OSError:
                continue  # if the local AWS is gone, `pulumi up` reports it better

    thread = threading.Thread(target=run, name="deployments", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()
