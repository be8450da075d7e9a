"""The headers that tell a browser what a page of ours may do, and the middleware that adds the last of them.

nginx adds `SECURITY_HEADERS` to every answer, its own error pages included. The content policy names the host
that the browser asked for, so the gate writes it.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it browsers send "Origin: null" with the login form, and the gate refuses that.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# For whatever has no policy of its own: plain text, JSON, pictures, nginx's error pages.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Where the console's pages may load pictures from. A model's text could name any other path of this host,
# and a request for it would carry the person's cookie.
PICTURE_PATHS = ("/screens/", "/targets/", "/favicon.png")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")


def console_policy(host: str) -> str:
    """The content policy of the Streamlit pages, for a host as the browser names it in `Host`.

    'unsafe-inline' is for styles only: Streamlit's components set them from scripts. No inline script is
    allowed.
    """
    pictures = " ".join(f"https://{host}{path}" for path in PICTURE_PATHS)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            f"img-src {pictures} data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class ContentPolicy:
    """Middleware: an answer without a content policy gets one that allows nothing; a strange Host is refused.

    Nothing is stored by browsers unless the answer itself says that it may be.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.setdefault("content-security-policy", NOTHING)
                headers.setdefault("cache-control", "no-store")
                message = {**message, "headers": headers.raw}
            await send(message)

        if not _HOST.fullmatch(Headers(scope=scope).get("host", "")):
            await PlainTextResponse("The Host header is missing or malformed.", 400)(scope, receive, sending)
            return
        await self._app(scope, receive, sending)
