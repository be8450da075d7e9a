"""The viewer's WebSocket over an open connection, in a single thread.

The client of the package `websockets` reads in a second thread. This module uses only the package's protocol
implementation, because reading and writing a TLS connection from two threads is not safe before Python 3.13.
"""

import ssl

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

from operate.verify.pages import PageFailure, Site

CHUNK = 65_536
"""Maximum number of bytes per read."""


class WebSocket:
    """Carries a stream of bytes in binary messages, ignoring message boundaries."""

    def __init__(self, site: Site, path: str, cookie: str) -> None:
        """Connect. Raises PageFailure if the site does not accept the WebSocket."""
        self._host = site.host
        self._protocol = ClientProtocol(
            parse_uri(f"wss://{site.host}{path}"),
            origin=Origin(site.url),
            subprotocols=[Subprotocol("binary")],
            max_size=None,
        )
        self._connection: ssl.SSLSocket = site.connect()
        self._received = bytearray()
        request = self._protocol.connect()
        request.headers.update(Headers(Cookie=cookie))
        self._protocol.send_request(request)
        self._flush()
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            self._read()
        if self._protocol.handshake_exc is not None:
            self._connection.close()
            raise PageFailure(f"{site.host}: {self._protocol.handshake_exc}")

    def receive(self) -> bytes:
        """Return the bytes received since the last call, waiting for at least one. Raises PageFailure."""
        while not self._received:
            if self._protocol.state is not State.OPEN:
                raise PageFailure(f"{self._host} closed the stream")
            self._read()
        taken = bytes(self._received)
        self._received.clear()
        return taken

    def send(self, data: bytes) -> None:
        """Send bytes. Raises PageFailure."""
        self._protocol.send_binary(data)
        self._flush()

    def close(self) -> None:
        """Close the connection without waiting for the other side."""
        self._connection.close()

    def _read(self) -> None:
        try:
            data = self._connection.recv(CHUNK)
        except OSError as error:
            raise PageFailure(f"{self._host} closed the connection: {error!r}") from error
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.BINARY, Opcode.CONT):
                self._received += event.data
        self._flush()  # Sends the answers to pings.

    def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
        except OSError as error:
            raise PageFailure(f"{self._host} closed the connection: {error!r}") from error
