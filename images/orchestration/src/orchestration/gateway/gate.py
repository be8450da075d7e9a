"""The gate: nothing of the console is reached without a live session, over HTTP or over a WebSocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.gateway.console_site import ConsoleSite
from orchestration.gateway.entrance import Entrance
from orchestration.gateway.headers import ContentPolicy
from orchestration.gateway.session_guard import SessionGuard
from orchestration.gateway.sessions import Sessions


class Gate:
    """The ASGI application in front of the pages.

    `pages` is Streamlit's application, whose start and end are this application's; `healthy` returns what is
    wrong with the console, or None.
    """

    def __init__(
        self,
        pages: ASGIApp,
        sessions: Sessions,
        entrance: Entrance,
        console: ConsoleSite,
        healthy: Callable[[], Awaitable[str | None]],
    ) -> None:
        self._pages = pages
        self._healthy = healthy
        guard = Middleware(SessionGuard, sessions=sessions)
        guarded = Starlette(routes=[*entrance.routes(), *console.routes()], middleware=[guard])
        self._open = ContentPolicy(Starlette(routes=[Route("/healthz", self._health)]))
        self._guarded = ContentPolicy(guarded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, WebSocket or lifespan."""
        if scope["type"] == "lifespan":
            await self._pages(scope, receive, send)
        elif scope["path"] == "/healthz":
            await self._open(scope, receive, send)
        else:
            await self._guarded(scope, receive, send)

    async def _health(self, request: Request) -> Response:
        problem = await self._healthy()
        return PlainTextResponse(problem or "ok", 503 if problem else 200)
