"""Signing in and out: the login form, the session's remaining time, and the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from orchestration.gateway.index_page import session_watcher
from orchestration.gateway.login_page import POLICY, login_page
from orchestration.gateway.password import Login
from orchestration.gateway.session_guard import LOGIN_PATH
from orchestration.gateway.sessions import COOKIE, Session, Sessions
from orchestration.gateway.throttle import Throttle

LARGEST_FORM = 64_000
ENDED = "You were signed out. Please sign in again."
WRONG = "User name or password is wrong."

Record = Callable[[str, dict[str, Any]], None]


class Entrance:
    """The one login, with its sessions and its throttle.

    `record` writes an event (kind, data) and raises when it cannot; what cannot be recorded does not happen.
    """

    def __init__(self, login: Login, sessions: Sessions, throttle: Throttle, record: Record) -> None:
        self._login = login
        self._sessions = sessions
        self._throttle = throttle
        self._record = record
        self._watcher = session_watcher(sessions.idle_seconds)
        self._idle_minutes = round(sessions.idle_seconds / 60)

    def routes(self) -> list[Route]:
        """The paths that every site needs."""
        return [
            Route(LOGIN_PATH, self._show),
            Route(LOGIN_PATH, self._sign_in, methods=["POST"], max_body_size=LARGEST_FORM),
            Route("/logout", self._sign_out, methods=["POST"]),
            Route("/session", self._time_left),
            Route("/session.js", self._watch),
        ]

    async def _show(self, request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse("/", 303)
        return self._form(200, ENDED if request.url.query == "ended" else "")

    async def _sign_in(self, request: Request) -> Response:
        form = await request.form(max_fields=8)
        username, password = str(form.get("username", "")), str(form.get("password", ""))
        source = source_of(request)
        # Asked after the body has arrived: requests that wait for it together would all see the same count.
        wait = self._throttle.wait(source)
        if wait:
            message = f"Too many failed attempts. Try again in {wait} seconds."
            return self._form(429, message, {"retry-after": str(wait)})
        self._throttle.begin(source)
        right = False
        try:
            right = await asyncio.to_thread(self._login.check, username, password)
        finally:
            self._throttle.end(source, right)
        if not right:
            # What was typed is not recorded: it may be the password in the wrong field.
            self._record("sign_in_refused", {"source": source})
            return self._form(401, WRONG)
        return self._begin(request.state.session, username, source)

    def _begin(self, replaced: Session | None, username: str, source: str) -> Response:
        """Start a session in place of the one that the browser brought along, if any."""
        if replaced is not None:
            self._sessions.close(replaced.label, "replaced")
        opened, cookie = self._sessions.open(username)
        try:
            self._record("signed_in", {"session": opened.label, "by": username, "source": source})
        except Exception:
            self._sessions.close(opened.label, "not_recorded")
            raise
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="strict")
        return response

    async def _sign_out(self, request: Request) -> Response:
        self._sessions.close(request.state.session.label, "signed_out")
        response = RedirectResponse(LOGIN_PATH, 303)
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
        return response

    async def _time_left(self, request: Request) -> Response:
        return JSONResponse({"seconds_left": int(self._sessions.seconds_left(request.state.session))})

    async def _watch(self, request: Request) -> Response:
        return Response(self._watcher, media_type="text/javascript")

    def _form(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        page = login_page(message, self._idle_minutes)
        return HTMLResponse(page, status, {"content-security-policy": POLICY, **(headers or {})})


def source_of(request: Request) -> str:
    """The address of the client, which nginx puts into this header; nobody but nginx reaches this server."""
    return request.headers.get("x-real-ip", "unknown")
