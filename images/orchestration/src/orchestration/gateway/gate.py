"""Stands before the pages: nothing reaches Streamlit without a live session, be it a request or a WebSocket.

The session is looked up for every request, for every message that a browser sends over an open WebSocket,
and when it ends its WebSockets are cut. Only what the pages need is let through; everything else is 404.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg

from orchestration.gateway.index_page import index_page, session_watcher
from orchestration.gateway.login_page import POLICY, login_page
from orchestration.gateway.password import Login
from orchestration.gateway.sessions import COOKIE, Session, Sessions
from orchestration.gateway.throttle import Throttle

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LABEL_HEADER = "x-console-session"
LARGEST_FORM = 64_000
SESSION_OVER = 4401
PAGES = frozenset({"/", "/exchanges", "/replay", "/guide"})
PASSED = re.compile(
    r"/(static|media)/[A-Za-z0-9._/-]+|/favicon\.png|/manifest\.json|/_stcore/(health|host-config)"
)
STREAM = "/_stcore/stream"
SCREEN = re.compile(r"/screens/([0-9a-f]{64})\.png")
MESSAGES_PASSED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"})
ENDED = "You were signed out. Please sign in again."
WRONG = "User name or password is wrong."


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the gate needs from the rest of the console.

    `record` writes an event (kind, data); `healthy` returns what is wrong or None; `screen` returns the
    screenshot with a SHA-256 or None.
    """

    record: Callable[[str, dict[str, Any]], None]
    healthy: Callable[[], Awaitable[str | None]]
    screen: Callable[[str], bytes | None]


class Gate:
    """The ASGI application in front of `pages`."""

    def __init__(
        self, pages: Application, login: Login, sessions: Sessions, throttle: Throttle, hooks: Hooks
    ) -> None:
        self._pages = pages
        self._login = login
        self._sessions = sessions
        self._throttle = throttle
        self._hooks = hooks
        self._index = index_page()
        self._watcher = session_watcher(sessions.idle_seconds)
        self._idle_minutes = round(sessions.idle_seconds / 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        headers = _headers(scope)
        if path == "/healthz":
            problem = await self._hooks.healthy()
            await _answer(send, 503 if problem else 200, (problem or "ok").encode(), "text/plain")
            return
        session = self._sessions.find(_cookie(headers))
        if path == "/login":
            await self._login_request(scope, method, headers, session, receive, send)
        elif session is None:
            await self._turn_away(method, headers, send)
        elif method not in ("GET", "HEAD"):
            await _answer(send, 405, b"", "text/plain")
        else:
            await self._with_session(session, scope, path, receive, send)

    async def _with_session(
        self, session: Session, scope: Scope, path: str, receive: Receive, send: Send
    ) -> None:
        screen = SCREEN.fullmatch(path)
        if path == "/session":
            left = {"seconds_left": int(self._sessions.seconds_left(session))}
            await _answer(send, 200, json.dumps(left).encode(), "application/json")
        elif path == "/session.js":
            await _answer(send, 200, self._watcher, "text/javascript")
        elif path == "/logout":
            self._sessions.close(session.label, "signed_out")
            await _redirect(send, "/login", {"set-cookie": f"{COOKIE}=; Path=/; Secure; HttpOnly; Max-Age=0"})
        elif path in PAGES and scope.get("query_string"):
            # Nothing of the console's state is ever in a URL, so nothing from one is listened to either.
            await _redirect(send, path, {})
        elif path in PAGES:
            self._sessions.touch(session)
            await _answer(send, 200, self._index, "text/html; charset=utf-8")
        elif screen:
            image = await asyncio.to_thread(self._hooks.screen, screen[1])
            if image is None:
                await _answer(send, 404, b"", "text/plain")
            else:
                caching = {"cache-control": "private, max-age=86400, immutable"}
                await _answer(send, 200, image, "image/png", caching)
        elif PASSED.fullmatch(path) and ".." not in path:
            await self._pages(_inward(scope, session), receive, _without_cors(send))
        else:
            await _answer(send, 404, b"", "text/plain")

    async def _turn_away(self, method: str, headers: Mapping[str, str], send: Send) -> None:
        if method == "GET" and "text/html" in headers.get("accept", ""):
            await _redirect(send, "/login", {})
        else:
            await _answer(send, 401, b"", "text/plain")

    async def _login_request(
        self,
        scope: Scope,
        method: str,
        headers: Mapping[str, str],
        session: Session | None,
        receive: Receive,
        send: Send,
    ) -> None:
        if method == "POST":
            await self._sign_in(scope, headers, session, receive, send)
        elif method not in ("GET", "HEAD"):
            await _answer(send, 405, b"", "text/plain")
        elif session is not None:
            await _redirect(send, "/", {})
        else:
            await self._show_login(send, 200, ENDED if scope.get("query_string") == b"ended" else "")

    async def _show_login(
        self, send: Send, status: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        page = login_page(message, self._idle_minutes).encode()
        policy = {"content-security-policy": POLICY, **(headers or {})}
        await _answer(send, status, page, "text/html; charset=utf-8", policy)

    async def _sign_in(
        self,
        scope: Scope,
        headers: Mapping[str, str],
        session: Session | None,
        receive: Receive,
        send: Send,
    ) -> None:
        source = _source(scope, headers)
        if not _same_origin(headers):
            await self._show_login(send, 403, "The request came from another site.")
            return
        wait = self._throttle.wait(source)
        if wait:
            # Before the body is read and the password hashed: a refused try costs next to nothing.
            message = f"Too many failed attempts. Try again in {wait} seconds."
            await self._show_login(send, 429, message, {"retry-after": str(wait)})
            return
        form = await _form(headers, receive)
        if form is None:
            await self._show_login(send, 413, "The form was too large or malformed.")
            return
        username, password = form.get("username", ""), form.get("password", "")
        self._throttle.begin(source)
        right = False
        try:
            right = await asyncio.to_thread(self._login.check, username, password)
        finally:
            self._throttle.end(source, right)
        if not right:
            # Not what was typed: it may be the password in the wrong field.
            self._hooks.record("sign_in_refused", {"source": source})
            await self._show_login(send, 401, WRONG)
            return
        if session is not None:
            self._sessions.close(session.label, "replaced")
        opened, cookie = self._sessions.open(username)
        try:
            self._hooks.record("signed_in", {"session": opened.label, "by": username, "source": source})
        except Exception:
            # What cannot be recorded does not happen.
            self._sessions.close(opened.label, "not_recorded")
            raise
        await _redirect(
            send, "/", {"set-cookie": f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict"}
        )

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        session = self._sessions.find(_cookie(headers))
        refused = session is None or scope["path"] != STREAM or not _same_origin(headers, needed=True)
        if refused or session is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await _Guarded(self._sessions, session, receive, send).run(self._pages, _inward(scope, session))


class _Guarded:
    """One WebSocket of one session: cut when the session ends; a person's messages count as activity."""

    def __init__(self, sessions: Sessions, session: Session, receive: Receive, send: Send) -> None:
        self._sessions = sessions
        self._session = session
        self._receive = receive
        self._send = send
        self._over = asyncio.Event()
        self._accepted = False
        self._closed = False
        self._reruns = 0

    async def run(self, pages: Application, scope: Scope) -> None:
        loop = asyncio.get_running_loop()

        def closer() -> None:
            loop.call_soon_threadsafe(self._over.set)

        self._sessions.connected(self._session, closer)
        cutter = asyncio.create_task(self._cut_when_over())
        try:
            await pages(scope, self.receive, self.send)
        finally:
            cutter.cancel()
            if self._over.is_set():
                await self._cut()
            self._sessions.disconnected(self._session, closer)

    async def _cut_when_over(self) -> None:
        await self._over.wait()
        await self._cut()

    async def _cut(self) -> None:
        if self._accepted and not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": SESSION_OVER})

    async def receive(self) -> Message:
        while True:
            incoming = asyncio.ensure_future(self._receive())
            over = asyncio.ensure_future(self._over.wait())
            await asyncio.wait({incoming, over}, return_when=asyncio.FIRST_COMPLETED)
            over.cancel()
            if self._over.is_set() or self._sessions.get(self._session.label) is None:
                incoming.cancel()
                self._over.set()
                return {"type": "websocket.disconnect", "code": SESSION_OVER}
            message = incoming.result()
            if message["type"] != "websocket.receive" or self._admit(message):
                return message

    def _admit(self, message: Message) -> bool:
        """Whether the pages get to see a message."""
        data = message.get("bytes")
        if not data:
            return True
        back = BackMsg()
        try:
            back.ParseFromString(data)
        except Exception:
            # Streamlit closes the connection on what it cannot read.
            return True
        kind = back.WhichOneof("type")
        if kind == "rerun_script":
            self._reruns += 1
            # The first comes with every connection, also one made again by itself; auto-reruns come from a
            # timer.
            if self._reruns > 1 and not back.rerun_script.is_auto_rerun:
                self._sessions.touch(self._session)
        return kind in MESSAGES_PASSED

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self._accepted = True
        if message["type"] == "websocket.close":
            if self._closed:
                return
            self._closed = True
        elif self._closed:
            return
        await self._send(message)


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by lower-case name; of a repeated one, what both would be joined to."""
    joined: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        separator = "; " if key == "cookie" else ", "
        joined[key] = f"{joined[key]}{separator}{text}" if key in joined else text
    return joined


def _cookie(headers: Mapping[str, str]) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _source(scope: Scope, headers: Mapping[str, str]) -> str:
    """The address that connected to nginx, which sets this header itself; only nginx reaches this server."""
    client = scope.get("client")
    return headers.get("x-real-ip") or (client[0] if client else "unknown")


def _same_origin(headers: Mapping[str, str], needed: bool = False) -> bool:
    """Whether the request comes from one of our own pages, by the headers that a browser sets and pages
    cannot.
    """
    if headers.get("sec-fetch-site") not in (None, "same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return not needed
    return urlsplit(origin).netloc == headers.get("host") != ""


async def _form(headers: Mapping[str, str], receive: Receive) -> dict[str, str] | None:
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_FORM:
            return None
        if not message.get("more_body", False):
            break
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


def _inward(scope: Scope, session: Session) -> Scope:
    """The scope as the pages see it: with the session's label, without its cookie and what a browser made
    up.
    """
    headers = []
    for name, value in scope["headers"]:
        if name.lower() == LABEL_HEADER.encode():
            continue
        kept = value
        if name.lower() == b"cookie":
            parts = [part.strip() for part in value.decode("latin-1").split(";")]
            kept = "; ".join(part for part in parts if not part.startswith(f"{COOKIE}=")).encode("latin-1")
        headers.append((name, kept))
    headers.append((LABEL_HEADER.encode(), session.label.encode()))
    return {**scope, "headers": headers, "query_string": b""}


def _without_cors(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(n, v) for n, v in message["headers"] if not n.lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return sending


async def _redirect(send: Send, location: str, headers: Mapping[str, str]) -> None:
    page = f'<a href="{html.escape(location)}">{html.escape(location)}</a>'.encode()
    await _answer(send, 303, page, "text/html; charset=utf-8", {"location": location, **headers})


async def _answer(
    send: Send, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
) -> None:
    given = {
        "content-type": content_type,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **(headers or {}),
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
