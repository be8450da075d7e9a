"""Reads DNS messages from one UDP and one TCP socket, and sends the answers back."""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from runner.dns.tcp_connection import ConnectionEnded, TcpConnection

# Called with a message, its sender (address and port), UDP or TCP, and the function that sends the answer.
Take = Callable[[bytes, tuple[str, int], str, Callable[[bytes], None]], None]

_LARGEST_DATAGRAM = 65_535
_MOST_CONNECTIONS = 64
# Seconds without a message after which a connection is closed (RFC 7766: "a few seconds").
_IDLE = 5.0


class Listener:
    """One thread that waits on all sockets. It never writes, so no client can block it."""

    def __init__(self, udp: socket.socket, tcp: socket.socket, take: Take) -> None:
        self._udp, self._tcp, self._take = udp, tcp, take
        self._wake, self._woken = socket.socketpair()
        self._connections: dict[int, TcpConnection] = {}
        self._selector = selectors.DefaultSelector()
        udp.setblocking(False)
        tcp.setblocking(False)
        for ready, handle in ((udp, self._receive), (tcp, self._accept)):
            self._selector.register(ready, selectors.EVENT_READ, handle)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, name="dns-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading, and close every socket."""
        self._wake.send(b"x")
        self._thread.join()
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._selector.close()
        for mine in (self._udp, self._tcp, self._wake, self._woken):
            mine.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select(_IDLE if self._connections else None):
                if key.data is None:
                    return
                self._handle(key.data)
            self._drop_idle()

    def _handle(self, ready: Callable[[], None]) -> None:
        try:
            ready()
        except Exception as error:  # no packet and no client may stop the listener
            print(f"DNS resolver: {error!r}", file=sys.stderr, flush=True)

    def _receive(self) -> None:
        with suppress(OSError):  # an ICMP error for an earlier answer, or a spurious wake-up
            wire, peer = self._udp.recvfrom(_LARGEST_DATAGRAM)
            self._take(wire, peer[:2], "UDP", lambda answer: self._send(answer, peer))

    def _send(self, answer: bytes, peer: tuple[str, int]) -> None:
        with suppress(OSError):  # the sender is gone, or its port cannot be answered
            self._udp.sendto(answer, peer)

    def _accept(self) -> None:
        if len(self._connections) >= _MOST_CONNECTIONS:
            self._drop(min(self._connections.values(), key=lambda one: one.last_used))
        try:
            accepted, peer = self._tcp.accept()
        except OSError:
            return
        connection = TcpConnection(accepted, peer[:2])
        self._connections[accepted.fileno()] = connection
        self._selector.register(accepted, selectors.EVENT_READ, lambda: self._read(connection))

    def _read(self, connection: TcpConnection) -> None:
        if connection not in self._connections.values():
            return  # dropped since the selector reported it
        try:
            for wire in connection.read():
                self._take(wire, connection.peer, "TCP", connection.send)
        except ConnectionEnded:
            self._drop(connection)

    def _drop_idle(self) -> None:
        oldest = time.monotonic() - _IDLE
        for connection in [one for one in self._connections.values() if one.last_used < oldest]:
            self._drop(connection)

    def _drop(self, connection: TcpConnection) -> None:
        del self._connections[connection.socket.fileno()]
        self._selector.unregister(connection.socket)
        connection.close()
