"""A small internet on loopback: one web site whose name resolves, and a collector whose name does not.

Names are answered as the Route 53 Resolver DNS Firewall answers them with the action BLOCK and the response
NODATA: status NOERROR and no record (Amazon Route 53 Developer Guide, "Rule actions in DNS Firewall").
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ALLOWED = "news.example"
COLLECTOR = "collector.example"
_A, _IN = 1, 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore browsers that close the connection in the middle of an answer."""


@dataclass(slots=True)
class LocalInternet:
    """Use as a context manager. `pages` are served by path; `requests` are what came, as text; `looked_up`
    are the names that somebody asked for."""

    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    resolver: str = ""
    _server: _Server | None = None
    _dns: socket.socket | None = None

    @property
    def port(self) -> int:
        """Where the web site listens."""
        assert self._server is not None
        return int(self._server.server_address[1])

    def url(self, path: str, name: str = ALLOWED) -> str:
        """An address of the site, or of another name at the same port."""
        return f"http://{name}:{self.port}{path}"

    def __enter__(self) -> LocalInternet:
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._dns = self._bind()
        threading.Thread(target=self._resolve, args=(self._dns,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._server is not None and self._dns is not None
        self._server.shutdown()
        self._server.server_close()
        # A datagram of our own wakes the thread, which then finds the socket closed to it.
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.resolver, 53))

    def _bind(self) -> socket.socket:
        """A free loopback address for port 53, which is the only one that resolv.conf can mean."""
        for _ in range(50):
            address = f"127.{random.randint(64, 250)}.{random.randint(1, 250)}.{random.randint(2, 250)}"
            dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                dns.bind((address, 53))
            except OSError:
                dns.close()
                continue
            self.resolver = address
            return dns
        raise OSError("no loopback address has port 53 free")

    def _resolve(self, dns: socket.socket) -> None:
        with dns:
            while True:
                query, client = dns.recvfrom(2048)
                if not query:
                    return
                with contextlib.suppress(IndexError, struct.error, UnicodeDecodeError):
                    dns.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii"))
            at += 1 + query[at]
        question = query[12 : at + 5]
        kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
        name = ".".join(labels).lower()
        self.looked_up.append(name)
        record = b""
        if name == ALLOWED and kind == _A:
            record = b"\xc0\x0c" + struct.pack(">HHIH", _A, _IN, 5, 4) + socket.inet_aton("127.0.0.1")
        # Response, recursion desired and available, NOERROR.
        return query[:2] + struct.pack(">HHHHH", 0x8180, 1, bool(record), 0, 0) + question + record

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        internet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._take("")

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                self._take(self.rfile.read(length).decode("utf-8", "replace"))

            def _take(self, body: str) -> None:
                internet.requests.append(f"{self.command} {self.headers.get('host', '')} {self.path} {body}")
                kind, data = internet.pages.get(self.path.partition("?")[0], ("text/plain", b""))
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        return Handler
