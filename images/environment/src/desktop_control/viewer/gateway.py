"""Between a browser's WebSocket and the VNC server's socket."""

import asyncio
import contextlib
import logging
from pathlib import Path

from aiohttp import WSMsgType, web

from desktop_control.human import HumanActivity
from desktop_control.viewer.rfb import ClientStream, ProtocolError

_CHUNK = 65536
# Keeps the connection alive through load balancers, and finds out about browsers that went away.
_HEARTBEAT_SECONDS = 20.0
_MAX_MESSAGE = 2_000_000

logger = logging.getLogger(__name__)


class Gateway:
    """Opens connections to the VNC server at `socket` and notes in `human` when a person acts through one."""

    def __init__(self, socket: Path, human: HumanActivity) -> None:
        self._socket = socket
        self._human = human

    async def serve(
        self, request: web.Request, view_only: bool, open_sockets: set[web.WebSocketResponse]
    ) -> web.StreamResponse:
        """Carry one connection until either side ends it. It is in `open_sockets` meanwhile, for whoever must
        end it."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
        except OSError:
            raise web.HTTPServiceUnavailable(
                text="the desktop is not running; try again in a moment"
            ) from None
        browser = web.WebSocketResponse(
            protocols=("binary",), heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_MAX_MESSAGE, compress=False
        )
        mode = "view" if view_only else "control"
        try:
            await browser.prepare(request)
            open_sockets.add(browser)
            logger.info("viewer connected", extra={"fields": {"mode": mode}})
            towards_browser = asyncio.create_task(_to_browser(reader, browser))
            try:
                await self._to_desktop(browser, writer, ClientStream(view_only))
            finally:
                towards_browser.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await towards_browser
        finally:
            open_sockets.discard(browser)
            writer.close()
            logger.info("viewer disconnected", extra={"fields": {"mode": mode}})
        return browser

    async def _to_desktop(
        self, browser: web.WebSocketResponse, writer: asyncio.StreamWriter, stream: ClientStream
    ) -> None:
        try:
            async for message in browser:
                if message.type is not WSMsgType.BINARY:
                    raise ProtocolError("not a binary message")
                passed, acted = stream.feed(message.data)
                if acted:
                    self._human.note()
                writer.write(passed)
                await writer.drain()
        except ProtocolError as error:
            logger.warning("viewer refused", extra={"fields": {"reason": str(error)}})
            await browser.close(code=1002, message=b"protocol error")
        except ConnectionError:
            await browser.close()


async def _to_browser(reader: asyncio.StreamReader, browser: web.WebSocketResponse) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            await browser.send_bytes(data)
    await browser.close()
