"""A client's TCP connection, on which each message follows its length (RFC 1035, 4.2.2; RFC 7766)."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

_LENGTH = struct.Struct("!H")
_CHUNK = 65_536
# Room for a few of the largest answers, so that a write does not have to wait for the client.
_SEND_BUFFER = 256 * 1024
# Unanswered queries of one connection, so that no client can fill the queue that all clients share.
_MOST_UNANSWERED = 64


class ConnectionEnded(Exception):
    """The client closed the connection, or it was lost."""


class TcpConnection:
    """Read by one thread, written to by several. Neither reading nor writing waits for the client."""

    def __init__(self, accepted: socket.socket, peer: tuple[str, int]) -> None:
        self.socket = accepted
        self.peer = peer
        self.last_used = time.monotonic()
        self._received = bytearray()
        self._unanswered = 0
        self._writing = threading.Lock()
        self._open = True
        accepted.setblocking(False)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def read(self) -> Iterator[bytes]:
        """The messages that have arrived completely.

        Raises `ConnectionEnded` also for a client with too many unanswered queries.
        """
        try:
            chunk = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise ConnectionEnded from error
        if not chunk:
            raise ConnectionEnded
        self._received += chunk
        while len(self._received) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._received)
            end = _LENGTH.size + length
            if len(self._received) < end:
                return
            message = bytes(self._received[_LENGTH.size : end])
            del self._received[:end]
            self.last_used = time.monotonic()
            with self._writing:
                self._unanswered += 1
                if self._unanswered > _MOST_UNANSWERED:
                    raise ConnectionEnded
            yield message

    def send(self, answer: bytes) -> None:
        """Send an answer; a client that does not read its answers loses the connection."""
        framed = _LENGTH.pack(len(answer)) + answer
        with self._writing:
            self._unanswered -= 1
            if not self._open:
                return
            try:
                whole = self.socket.send(framed) == len(framed)
            except OSError:
                whole = False
            if not whole:
                self._open = False
                # The reading thread sees the end and closes the socket. If two threads closed it, the second
                # could close another connection that has got the same file descriptor.
                with suppress(OSError):  # broken already
                    self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket. Only the reading thread may call this."""
        with self._writing:
            self._open = False
            self.socket.close()
