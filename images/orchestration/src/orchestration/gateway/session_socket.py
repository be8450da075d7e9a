"""A browser's WebSocket that lives no longer than the session it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.gateway.sessions import Session, Sessions

SESSION_OVER = 4401


class SessionSocket:
    """Carries one WebSocket to an application, and cuts it when its session ends.

    The session is also looked up for every message from the browser. `admit` judges each of these: it returns
    whether the application gets to see the message.
    """

    def __init__(
        self,
        sessions: Sessions,
        session: Session,
        receive: Receive,
        send: Send,
        admit: Callable[[Message], bool],
    ) -> None:
        self._sessions = sessions
        self._session = session
        self._receive = receive
        self._send = send
        self._admit = admit
        self._over = asyncio.Event()
        self._accepted = False
        self._closed = False

    async def run(self, application: ASGIApp, scope: Scope) -> None:
        """Until either side closes or the session ends."""
        loop = asyncio.get_running_loop()

        def closer() -> None:
            loop.call_soon_threadsafe(self._over.set)

        self._sessions.connected(self._session, closer)
        cutter = asyncio.create_task(self._cut_when_over())
        try:
            await application(scope, self.receive, self.send)
        finally:
            cutter.cancel()
            if self._over.is_set():
                await self._cut()
            self._sessions.disconnected(self._session, closer)

    async def receive(self) -> Message:
        """The next message that is admitted; a disconnection once the session is over."""
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

    async def send(self, message: Message) -> None:
        """Pass a message to the browser unless the connection was closed."""
        if message["type"] == "websocket.accept":
            self._accepted = True
        if message["type"] == "websocket.close":
            if self._closed:
                return
            self._closed = True
        elif self._closed:
            return
        await self._send(message)

    async def _cut_when_over(self) -> None:
        await self._over.wait()
        await self._cut()

    async def _cut(self) -> None:
        if self._accepted and not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": SESSION_OVER})
