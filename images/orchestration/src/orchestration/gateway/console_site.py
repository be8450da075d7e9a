"""The console's port: the Streamlit pages, and nothing of Streamlit that these do not need."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg

from orchestration.agent.picture import with_target
from orchestration.gateway.headers import console_policy
from orchestration.gateway.index_page import index_page
from orchestration.gateway.session_guard import session_of
from orchestration.gateway.session_socket import SessionSocket
from orchestration.gateway.sessions import Session, Sessions

LABEL_HEADER = "x-console-session"
PAGES = ("/", "/exchanges", "/replay", "/guide")
# What the pages' scripts load. Uploads, metrics, components and the interface for agents are not among it.
ASSETS = ("/static/{path:path}", "/favicon.png", "/manifest.json", "/_stcore/health", "/_stcore/host-config")
STREAM = "/_stcore/stream"
MESSAGES_PASSED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"})
DIGEST = re.compile(r"[0-9a-f]{64}")
# Written by `target_path`: the points that an action aims at, and how they are drawn.
TARGET = re.compile(r"(zoom|point)((?:-[0-9]{1,5}-[0-9]{1,5}){1,2})")
CACHED = {"cache-control": "private, max-age=86400, immutable"}


def target_path(digest: str, verb: str, points: tuple[tuple[int, int], ...]) -> str:
    """The path of a screenshot with an action's target drawn in; without points, of the screenshot itself."""
    if not points:
        return f"/screens/{digest}.png"
    kind = "zoom" if verb == "zoom" else "point"
    return f"/targets/{digest}/{kind}" + "".join(f"-{x}-{y}" for x, y in points) + ".png"


class ConsoleSite:
    """The routes of the console.

    `pages` is Streamlit's application; `screen` returns the screenshot with a SHA-256, or None.
    """

    def __init__(self, pages: ASGIApp, sessions: Sessions, screen: Callable[[str], bytes | None]) -> None:
        self._pages = pages
        self._sessions = sessions
        self._screen = screen
        self._index = index_page()

    def routes(self) -> list[BaseRoute]:
        """Everything but the login's own paths."""
        return [
            *(Route(path, self._page) for path in PAGES),
            *(Route(path, _Asset(self._pages), methods=["GET"]) for path in ASSETS),
            Route("/screens/{digest}.png", self._screenshot),
            Route("/targets/{digest}/{target}.png", self._target),
            WebSocketRoute(STREAM, self._stream),
        ]

    async def _page(self, request: Request) -> Response:
        if request.url.query:
            # Nothing of the console's state is ever in a URL, so nothing from one is listened to either.
            return RedirectResponse(request.url.path, 303)
        self._sessions.touch(session_of(request))
        policy = console_policy(request.headers["host"])
        return HTMLResponse(self._index, headers={"content-security-policy": policy})

    async def _screenshot(self, request: Request) -> Response:
        return Response(await self._picture(request), media_type="image/png", headers=CACHED)

    async def _target(self, request: Request) -> Response:
        match = TARGET.fullmatch(request.path_params["target"])
        if match is None:
            raise HTTPException(404)
        numbers = [int(number) for number in match[2][1:].split("-")]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if match[1] == "zoom" and len(points) != 2:
            raise HTTPException(404)
        picture = await asyncio.to_thread(with_target, await self._picture(request), match[1], points)
        return Response(picture, media_type="image/png", headers=CACHED)

    async def _picture(self, request: Request) -> bytes:
        digest = request.path_params["digest"]
        image = await asyncio.to_thread(self._screen, digest) if DIGEST.fullmatch(digest) else None
        if image is None:
            raise HTTPException(404)
        return image

    async def _stream(self, websocket: WebSocket) -> None:
        session = session_of(websocket)
        judge = _BrowserMessages(self._sessions, session)
        socket = SessionSocket(self._sessions, session, websocket.receive, websocket.send, judge.admit)
        await socket.run(self._pages, _inward(websocket.scope, session))


class _Asset:
    """A path that Streamlit answers, without the cookies and the cross-origin permissions that it adds."""

    def __init__(self, pages: ASGIApp) -> None:
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if ".." in scope["path"]:
            raise HTTPException(404)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message["headers"]
                    if not name.lower().startswith(b"access-control-") and name.lower() != b"set-cookie"
                ]
                message = {**message, "headers": kept}
            await send(message)

        await self._pages(_inward(scope, scope["state"]["session"]), receive, sending)


class _BrowserMessages:
    """Judges what a browser sends over the pages' WebSocket; a person's clicks count as activity."""

    def __init__(self, sessions: Sessions, session: Session) -> None:
        self._sessions = sessions
        self._session = session
        self._reruns = 0

    def admit(self, message: Message) -> bool:
        """Whether the pages get to see a message."""
        data = message.get("bytes")
        if not data:
            return True
        back = BackMsg()
        try:
            back.ParseFromString(data)
        except Exception:
            # Streamlit closes the connection when it cannot read a message.
            return True
        kind = back.WhichOneof("type")
        if kind == "rerun_script":
            self._reruns += 1
            # The first one comes with every connection, also when the page reconnects by itself; automatic
            # ones come from a timer.
            if self._reruns > 1 and not back.rerun_script.is_auto_rerun:
                self._sessions.touch(self._session)
        return kind in MESSAGES_PASSED


def _inward(scope: Scope, session: Session) -> Scope:
    """The scope as the pages see it: with the session's label, without the browser's cookies and query."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    del headers["cookie"]
    headers[LABEL_HEADER] = session.label
    return {**scope, "headers": headers.raw, "query_string": b""}
