"""The viewer's pages: sign in, watch or control the desktop, sign out."""

from collections import defaultdict
from html import escape
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from desktop_control.viewer.gateway import Gateway
from desktop_control.viewer.login import Login
from desktop_control.viewer.sessions import LIFETIME_SECONDS, Sessions

COOKIE = "__Host-viewer"
_PAGES = Path(__file__).parent / "pages"
_MAX_FORM_BYTES = 16 * 1024
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Viewer:
    """The handlers. Everything but the sign-in page, its style and the health check needs a session."""

    def __init__(self, login: Login, sessions: Sessions, gateway: Gateway) -> None:
        self._login = login
        self._sessions = sessions
        self._gateway = gateway
        self._open_sockets: defaultdict[str, set[web.WebSocketResponse]] = defaultdict(set)

    def application(self, novnc: Path) -> web.Application:
        """The aiohttp application; `novnc` is the folder with noVNC's `core` and `vendor`."""
        app = web.Application(middlewares=[_secure_headers, self._guard], client_max_size=_MAX_FORM_BYTES)
        app.router.add_get("/healthz", _health)
        app.router.add_get("/login", _login_page)
        app.router.add_post("/login", self._sign_in)
        app.router.add_post("/logout", self._sign_out)
        app.router.add_get("/", _page("desktop.html"))
        app.router.add_get("/login.css", _page("login.css"))
        app.router.add_get("/desktop.css", _page("desktop.css"))
        app.router.add_get("/desktop.js", _page("desktop.js"))
        app.router.add_get("/websocket", self._websocket)
        app.router.add_static("/novnc/core", novnc / "core")
        app.router.add_static("/novnc/vendor", novnc / "vendor")
        app.on_shutdown.append(self._close_all)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests that other sites made a browser send, and those without a session."""
        origin = request.headers.get("Origin")
        from_elsewhere = origin is not None and urlsplit(origin).netloc != request.host
        if from_elsewhere or (origin is None and request.path == "/websocket"):
            raise web.HTTPForbidden(text="this request comes from another site")
        if request.path in ("/healthz", "/login", "/login.css"):
            return await handler(request)
        if not self._sessions.is_open(request.cookies.get(COOKIE)):
            if request.path == "/":
                raise web.HTTPSeeOther("/login")
            raise web.HTTPUnauthorized(text="sign in first")
        return await handler(request)

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        refusal = await self._login.check(
            str(form.get("username", "")), str(form.get("password", "")), request.remote or ""
        )
        if refusal is None:
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(
                COOKIE,
                self._sessions.begin(),
                max_age=LIFETIME_SECONDS,
                secure=True,
                httponly=True,
                samesite="Strict",
            )
            return response
        if refusal.wait_seconds > 0:
            seconds = ceil(refusal.wait_seconds)
            response = _login_form(f"Too many attempts. Try again in {seconds} seconds.", 429)
            response.headers["Retry-After"] = str(seconds)
            return response
        return _login_form("Wrong user name or password.", 401)

    async def _sign_out(self, request: web.Request) -> web.Response:
        token = request.cookies[COOKIE]
        self._sessions.end(token)
        for socket in list(self._open_sockets.pop(token, ())):
            await socket.close(message=b"signed out")
        response = web.Response(status=303, headers={"Location": "/login"})
        response.del_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
        return response

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        view_only = request.query.get("mode") != "control"
        return await self._gateway.serve(request, view_only, self._open_sockets[request.cookies[COOKIE]])

    async def _close_all(self, _: web.Application) -> None:
        for sockets in self._open_sockets.values():
            for socket in list(sockets):
                await socket.close(code=1001, message=b"restarting")


@web.middleware
async def _secure_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(_HEADERS)
        raise
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _login_page(_: web.Request) -> web.Response:
    return _login_form("", 200)


def _login_form(message: str, status: int) -> web.Response:
    page = (_PAGES / "login.html").read_text(encoding="utf-8")
    return web.Response(
        text=page.replace("{{message}}", escape(message)), status=status, content_type="text/html"
    )


def _page(name: str) -> Handler:
    async def send(_: web.Request) -> web.FileResponse:
        return web.FileResponse(_PAGES / name)

    return send
