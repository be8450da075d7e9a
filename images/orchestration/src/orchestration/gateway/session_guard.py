"""The rules that hold for every request and WebSocket before any page sees it.

Without a live session nothing is answered but the login. Whatever changes something, and every WebSocket,
has to come from a page of the same origin: cookies ignore ports, so a page on another port of this host
could otherwise use the person's session.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.gateway.sessions import COOKIE, Session, Sessions

LOGIN_PATH = "/login"
READING_METHODS = frozenset({"GET", "HEAD"})
POLICY_VIOLATION = 1008


class SessionGuard:
    """Middleware that finds the session and puts it into the connection's state; see the module."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        connection = HTTPConnection(scope)
        session = self._sessions.find(connection.cookies.get(COOKIE))
        scope["state"] = {**scope.get("state", {}), "session": session}
        if scope["type"] == "websocket":
            if session is None or not is_same_origin(connection):
                await receive()
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                return
        elif scope["method"] not in READING_METHODS and not is_same_origin(connection):
            refusal = PlainTextResponse("This request was sent by a page of another site.", 403)
            await refusal(scope, receive, send)
            return
        elif session is None and scope["path"] != LOGIN_PATH:
            await _turn_away(connection)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def session_of(connection: HTTPConnection) -> Session:
    """The session that a request or WebSocket belongs to; only for what lies behind the guard."""
    session = connection.state.session
    assert isinstance(session, Session)
    return session


def is_same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very host and port sent it, by headers that browsers set and pages cannot."""
    headers = connection.headers
    if headers.get("sec-fetch-site") not in (None, "same-origin"):
        return False
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host") != ""


def _turn_away(connection: HTTPConnection) -> PlainTextResponse | RedirectResponse:
    """A person's browser goes to the login; a script is told that it has no session."""
    if connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", ""):
        return RedirectResponse(LOGIN_PATH, 303)
    return PlainTextResponse("Sign in first.", 401)
