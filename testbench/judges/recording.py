"""A proxy between AWS clients and the emulator that records each request with its answer."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, cast
from urllib.parse import urlsplit

from werkzeug.serving import DechunkedInput

from judges.requests import Exchange

_PER_CONNECTION = ("connection", "content-length", "host", "transfer-encoding")


@dataclass(frozen=True)
class Answer:
    """What the emulator answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Recorder(ThreadingHTTPServer):
    """Listens on a free port of loopback. `exchanges` is in the order in which the emulator answered."""

    daemon_threads = True

    def __init__(self, emulator_url: str) -> None:
        self.emulator = urlsplit(emulator_url).netloc
        self.turn = threading.Lock()
        self.exchanges: list[Exchange] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Ask the emulator, one request at a time, so that the recorded order is the order of its changes."""
        with self.turn:
            connection = http.client.HTTPConnection(self.emulator, timeout=60)
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
            connection.close()
            self.exchanges.append(Exchange(method, path, headers, body, answer.status, answer.body))
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def _answer(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = DechunkedInput(cast(IO[bytes], self.rfile)).read()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {
            name.lower(): value for name, value in self.headers.items() if name.lower() not in _PER_CONNECTION
        }
        answer = self.server.pass_on(self.command, self.path, headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, since the requests are recorded."""


@contextmanager
def recording(emulator_url: str) -> Iterator[Recorder]:
    """Runs a recorder in front of the emulator."""
    with Recorder(emulator_url) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()
