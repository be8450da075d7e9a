"""Forwards TCP connections: a load balancer's listeners, and the doors on this machine's loopback.

A connection goes to the next healthy target in turn. Each way may end before the other, a slow reader slows
its writer down, and what ends out of order is reset on both sides, never left open.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

T = TypeVar("T")

_CONNECT_SECONDS = 5.0
_CHUNK_BYTES = 1 << 16
_RESET = struct.pack("ii", 1, 0)
_ORDERLY = struct.pack("ii", 0, 0)


@dataclass(frozen=True)
class Target:
    """Where a connection may go."""

    address: IPv4Address | IPv6Address
    port: int

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise ValueError(f"target port {self.port} is not within 1 to 65535")

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if self.address.version == 6 else socket.AF_INET


@dataclass(frozen=True)
class _Listener:
    targets: Callable[[], Sequence[Target]]
    connect: Callable[[int], socket.socket]
    idle_seconds: float
    turn: Iterator[int]


class Forwarder:
    """All listeners' connections, in one thread of its own; its methods are for every other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._accepting: dict[socket.socket, asyncio.Task[None]] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="forwarder", daemon=True)
        self._thread.start()

    def listen(
        self,
        listening: socket.socket,
        targets: Callable[[], Sequence[Target]],
        connect: Callable[[int], socket.socket],
        *,
        idle_seconds: float,
    ) -> None:
        """Take over a listening socket.

        targets: asked for each connection: the healthy ones, in an order that stays. With none, or when none
            answers in 5 s each, the client is reset, as a network load balancer does.
        connect: makes a TCP socket of an address family, unconnected, wherever the connection shall start.
        idle_seconds: a connection that carries nothing for so long is reset (`tcp.idle_timeout.seconds`).
        """
        listening.setblocking(False)
        listener = _Listener(targets, connect, idle_seconds, itertools.count())

        async def start() -> None:
            self._accepting[listening] = asyncio.create_task(self._accept(listening, listener))

        self._call(start())

    def stop_listening(self, listening: socket.socket) -> None:
        """Close a listening socket; its connections go on. Raises `KeyError` when it was not given."""

        async def stop() -> None:
            await _cancelled(self._accepting.pop(listening))
            listening.close()

        self._call(stop())

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._connections)

    def close(self) -> None:
        """Close all listening sockets and reset all connections."""

        async def stop() -> None:
            await _cancelled(*self._accepting.values(), *self._connections)
            for listening in self._accepting:
                listening.close()

        if not self._loop.is_closed():
            self._call(stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _accept(self, listening: socket.socket, listener: _Listener) -> None:
        while True:
            try:
                client, _ = await self._loop.sock_accept(listening)
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE) and self._connections:
                    # Whoever waits in the queue is served when another leaves.
                    await asyncio.wait(self._connections, return_when=asyncio.FIRST_COMPLETED)
                else:
                    # The client left before it was accepted, or somebody else holds all descriptors.
                    await asyncio.sleep(0.01)
                continue
            task = asyncio.create_task(_serve(client, listener))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)


async def _serve(client: socket.socket, listener: _Listener) -> None:
    loop = asyncio.get_running_loop()
    with _broken_off(client):
        for target in _in_turn(listener):
            try:
                server = listener.connect(target.family)
            except OSError:
                continue
            with _broken_off(server):
                server.setblocking(False)
                try:
                    async with asyncio.timeout(_CONNECT_SECONDS):
                        await loop.sock_connect(server, (str(target.address), target.port))
                except OSError:
                    continue
                with contextlib.suppress(OSError):
                    await _relay(client, server, listener.idle_seconds)
                return


def _in_turn(listener: _Listener) -> Sequence[Target]:
    targets = list(listener.targets())
    first = next(listener.turn) % max(len(targets), 1)
    return targets[first:] + targets[:first]


async def _relay(client: socket.socket, server: socket.socket, idle_seconds: float) -> None:
    """Both ways until both have ended. Raises `OSError` when one broke, or nothing came for too long."""
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    async with asyncio.timeout(idle_seconds) as idle:
        ways = [
            asyncio.create_task(_pump(source, sink, idle, idle_seconds))
            for source, sink in ((client, server), (server, client))
        ]
        try:
            await asyncio.gather(*ways)
        finally:
            await _cancelled(*ways)
    for end in (client, server):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ORDERLY)


async def _pump(
    source: socket.socket, sink: socket.socket, idle: asyncio.Timeout, idle_seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    while count := await loop.sock_recv_into(source, buffer):
        await loop.sock_sendall(sink, buffer[:count])
        idle.reschedule(loop.time() + idle_seconds)
        # Where nothing had to be waited for, the other connections have had no turn.
        await asyncio.sleep(0)
    sink.shutdown(socket.SHUT_WR)


def _broken_off(end: socket.socket) -> socket.socket:
    """The same socket, which is reset when it is closed, unless both ways have ended in order by then."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return end


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
