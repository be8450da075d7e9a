"""Who drives. One session at a time may act; every other one watches."""

from __future__ import annotations

import threading
from collections.abc import Callable

from orchestration.gateway.sessions import Session

AWAY_SECONDS = 60.0


class Driver:
    """Holds the label of the session that drives.

    A driver whose session ended, or whose browser has been gone for a minute, can be replaced; one that is
    there can only hand over by itself.
    """

    def __init__(
        self,
        find: Callable[[str], Session | None],
        away_seconds: Callable[[Session], float],
        changed: Callable[[str, str], None],
    ) -> None:
        """
        Args:
            find: the live session with a label, or None.
            away_seconds: for how long no browser of a session has been connected.
            changed: called with the new driver's label (or an empty text) and name.
        """
        self._find = find
        self._away_seconds = away_seconds
        self._changed = changed
        self._lock = threading.Lock()
        self._label = ""

    def is_driving(self, label: str) -> bool:
        """Whether that session drives now."""
        return bool(label) and label == self._label and self._find(label) is not None

    @property
    def present(self) -> bool:
        """Whether the driver's browser is connected."""
        session = self._find(self._label) if self._label else None
        return session is not None and self._away_seconds(session) == 0.0

    @property
    def name(self) -> str:
        """The driver's user name, or an empty text when nobody drives."""
        session = self._find(self._label) if self._label else None
        return session.username if session else ""

    def is_free(self) -> bool:
        """Whether anyone may take over."""
        session = self._find(self._label) if self._label else None
        return session is None or self._away_seconds(session) > AWAY_SECONDS

    def take(self, session: Session) -> bool:
        """Drive, if nobody else does. True when `session` drives afterwards."""
        before = self._label
        if before == session.label:
            return True
        # Asked without the lock: looking a session up may end it, and that comes back here.
        if not self.is_free():
            return False
        with self._lock:
            if self._label != before:
                return False
            self._label = session.label
        self._changed(session.label, session.username)
        return True

    def release(self, label: str) -> None:
        """Stop driving; anyone may take over at once."""
        with self._lock:
            if self._label != label:
                return
            self._label = ""
        self._changed("", "")
