"""What the agent is doing right now, for the page. Nothing here is kept; the record is."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Moment:
    """One look at the agent.

    `state` is `idle`, `thinking`, `acting`, `asking`, `retrying`, `paused` or `stopping`; `detail` says
    more in words; `text` and `thinking` are what the model has said so far in the answer that is arriving;
    `since` is the monotonic time at which the task began, `version` grows with every change.
    """

    state: str = "idle"
    detail: str = ""
    text: str = ""
    thinking: str = ""
    since: float = 0.0
    version: int = 0


class Live:
    """Set by the agent's thread, read by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moment = Moment()

    @property
    def moment(self) -> Moment:
        """The newest state."""
        return self._moment

    def set(self, state: str, detail: str = "") -> None:
        """A new state; text that was arriving stays until the next answer begins."""
        with self._lock:
            self._moment = replace(self._moment, state=state, detail=detail, version=self._moment.version + 1)

    def begin(self) -> None:
        """A task begins now."""
        with self._lock:
            self._moment = Moment("thinking", since=time.monotonic(), version=self._moment.version + 1)

    def end(self) -> None:
        """No task runs."""
        with self._lock:
            self._moment = Moment(version=self._moment.version + 1)

    def progress(self, kind: str, text: str) -> None:
        """Text or thinking arrived; `restart` empties both (a new answer, or another try)."""
        with self._lock:
            moment = self._moment
            version = moment.version + 1
            if kind == "restart":
                self._moment = replace(moment, text="", thinking="", version=version)
            elif kind == "text":
                self._moment = replace(moment, text=moment.text + text, version=version)
            else:
                self._moment = replace(moment, thinking=moment.thinking + text, version=version)
