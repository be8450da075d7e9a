"""An API of JSON over HTTP on a Unix socket, in a thread of this process."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import socketserver
import struct
import threading
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_NO_PATH = re.compile("(?!)")

Operation = TypeVar("Operation", bound=Callable[..., None])


def operation(method: str, path: str) -> Callable[[Operation], Operation]:
    """What answers a request; the path's groups are its arguments. Paths are without the API's version."""

    def mark(function: Operation) -> Operation:
        function.route = method, re.compile(path)  # type: ignore[attr-defined]
        return function

    return mark


class ApiHandler(http.server.BaseHTTPRequestHandler):
    """Finds the operation of a request; `query` and `body` are the request's."""

    protocol_version = "HTTP/1.1"
    query: dict[str, str]
    body: dict[str, Any]

    def log_message(self, *_: Any) -> None:
        """What fails, the client says."""

    def address_string(self) -> str:
        return "a Unix socket has none"

    def _handle(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        path = re.sub(r"^/v1\.\d+", "", urllib.parse.unquote(url.path))
        for function in vars(type(self)).values():
            method, pattern = getattr(function, "route", ("", _NO_PATH))
            if method == self.command and (found := pattern.fullmatch(path)):
                # A client that has gone needs no answer.
                with contextlib.suppress(BrokenPipeError):
                    function(self, *found.groups())
                return
        self.say(501, {"message": f"the fake engine has no {self.command} {path}"})

    do_HEAD = do_GET = do_POST = do_DELETE = _handle

    def say(self, status: int, document: Any = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def take_over(self) -> None:
        """From here on the connection carries frames."""
        self.send_response(101, "UPGRADED")
        self.send_header("Content-Type", "application/vnd.docker.raw-stream")
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "tcp")
        self.end_headers()
        self.close_connection = True

    def frame(self, stream: int, data: bytes) -> None:
        self.wfile.write(struct.pack(">BxxxI", stream, len(data)) + data)


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens at once, until `close()`."""

    # Joined at the end: no thread outlives its test.
    daemon_threads = False

    def __init__(self, path: Path, handler: type[ApiHandler]) -> None:
        super().__init__(str(path), handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
