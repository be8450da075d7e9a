"""Signed-in sessions: kept here, on the server; the browser holds only a signed name of one.

A restart of the process forgets them all, so everyone signs in again; the conversation is in the record.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

COOKIE = "__Host-console"
SESSIONS_KEPT = 64
LONGEST_SESSION_SECONDS = 12 * 3600.0


@dataclass(slots=True)
class Session:
    """One sign-in.

    `label` names it inside the server and in the record; the cookie cannot be made from it. `started` and
    `active` are monotonic seconds, `since` is wall-clock time. `connections` counts open WebSockets.
    """

    label: str
    username: str
    started: float
    active: float
    since: float
    consented: bool = False
    watching: bool = False
    connections: int = 0
    connected_at: float = 0.0
    closers: set[Callable[[], None]] = field(default_factory=set)


class Sessions:
    """The table of sessions. Safe to use from any thread; `ended` and closers are called without a lock
    held.
    """

    def __init__(
        self,
        idle_seconds: float,
        ended: Callable[[Session, str], None] = lambda session, reason: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            idle_seconds: without a person's activity for so long a session ends.
            ended: called with each session that ends and why (`signed_out`, `idle`, `expired`, `too_many`).
        """
        self.idle_seconds = idle_seconds
        self._ended = ended
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def open(self, username: str) -> tuple[Session, str]:
        """Start a session; returns it and the cookie's value. Never reuses what the browser brought along."""
        identifier = secrets.token_urlsafe(32)
        now = self._clock()
        session = Session(_label(identifier), username, now, now, time.time())
        self.sweep()
        with self._lock:
            by_age = sorted(self._sessions.values(), key=lambda known: known.active, reverse=True)
            self._sessions[session.label] = session
        for surplus in by_age[SESSIONS_KEPT - 1 :]:
            self.close(surplus.label, "too_many")
        return session, f"{identifier}.{self._signature(identifier)}"

    def find(self, cookie: str | None) -> Session | None:
        """The live session that a cookie names, or None: forged, expired, signed out, unknown."""
        if not cookie or len(cookie) > 256 or not cookie.isascii():
            return None
        identifier, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature, self._signature(identifier)):
            return None
        return self.get(_label(identifier))

    def get(self, label: str) -> Session | None:
        """The live session with a label, or None."""
        self.sweep()
        with self._lock:
            return self._sessions.get(label)

    def touch(self, session: Session) -> None:
        """The person did something."""
        session.active = self._clock()

    def seconds_left(self, session: Session) -> float:
        """Until the session ends if nothing happens."""
        now = self._clock()
        idle = self.idle_seconds - (now - session.active)
        return max(0.0, min(idle, LONGEST_SESSION_SECONDS - (now - session.started)))

    def close(self, label: str, reason: str) -> None:
        """End a session: its cookie is worthless and its open connections are cut."""
        with self._lock:
            session = self._sessions.pop(label, None)
        if session is None:
            return
        for closer in list(session.closers):
            closer()
        self._ended(session, reason)

    def sweep(self) -> None:
        """End the sessions whose time is over."""
        now = self._clock()
        with self._lock:
            over = [
                (session.label, "idle" if now - session.active >= self.idle_seconds else "expired")
                for session in self._sessions.values()
                if now - session.active >= self.idle_seconds
                or now - session.started >= LONGEST_SESSION_SECONDS
            ]
        for label, reason in over:
            self.close(label, reason)

    def connected(self, session: Session, closer: Callable[[], None]) -> None:
        """A WebSocket of the session opened; `closer` cuts it, from any thread."""
        with self._lock:
            session.connections += 1
            session.connected_at = self._clock()
            session.closers.add(closer)

    def disconnected(self, session: Session, closer: Callable[[], None]) -> None:
        """It closed."""
        with self._lock:
            session.connections -= 1
            session.connected_at = self._clock()
            session.closers.discard(closer)

    def away_seconds(self, session: Session) -> float:
        """How long no browser of the session has been connected; 0 while one is."""
        with self._lock:
            return 0.0 if session.connections else self._clock() - session.connected_at

    def _signature(self, identifier: str) -> str:
        return hmac.new(self._key, identifier.encode(), hashlib.sha256).hexdigest()


def _label(identifier: str) -> str:
    return hashlib.sha256(b"label:" + identifier.encode()).hexdigest()[:16]
