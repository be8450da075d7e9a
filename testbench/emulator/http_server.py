"""A small HTTP/1.1 server for a WSGI application on 127.0.0.1.

Werkzeug's development server closes the connection after each request and may answer before it has read it
whole. Here a connection is kept until the client closes it, the request is read to its end before the
application sees it, and the reply leaves in one piece with its length, so that a client can lose no part.

Calls to the application are serialised: moto's models are plain dictionaries without locks.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from werkzeug.serving import DechunkedInput

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LoopbackServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. Port 0 means any free one; `url` says which it became.

    The application may be set until serving begins, for it may want to know the port.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    application: Application

    def __init__(self, port: int) -> None:
        self.turn = threading.Lock()
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            log.exception("request from %s failed", client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "local-aws"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    server: LoopbackServer

    def _answer(self) -> None:
        environ = self._environ(self._body())
        status, headers = "", list[tuple[str, str]]()

        def start_response(a_status: str, a_headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            nonlocal status, headers
            status, headers = a_status, a_headers

        if self._is_foreign():
            self._send("403 Forbidden", [], b"Only this machine's own programs may ask, by 127.0.0.1.\n")
            return
        try:
            with self.server.turn:
                chunks = self.server.application(environ, start_response)
                try:
                    reply = b"".join(chunks)
                finally:
                    if hasattr(chunks, "close"):
                        chunks.close()
        except Exception as error:
            log.exception("%s %s failed", self.command, self.path)
            status, headers, reply = "500 Internal Server Error", [], f"{type(error).__name__}\n".encode()
        self._send(status, headers, reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _answer

    def _is_foreign(self) -> bool:
        """Whether a web page may be behind it: it has an origin, or came under a name that is not ours.

        A page's own name may be made to lead to 127.0.0.1 (DNS rebinding), and whoever changes what is
        emulated here decides what the task runner starts.
        """
        port = self.server.server_address[1]
        ours = (f"{LOOPBACK}:{port}", f"localhost:{port}")
        return "Origin" in self.headers or self.headers.get("Host", "").lower() not in ours

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return DechunkedInput(cast(IO[bytes], self.rfile)).read()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _environ(self, body: bytes) -> dict[str, Any]:
        url = urlsplit(self.path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "latin-1"),
            "QUERY_STRING": url.query,
            "REQUEST_URI": self.path,
            "RAW_URI": self.path,
            "SERVER_NAME": LOOPBACK,
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            if key in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                continue
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def _send(self, status: str, headers: list[tuple[str, str]], reply: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        length = str(len(reply))
        for name, value in headers:
            if name.lower() == "content-length":
                length = value if self.command == "HEAD" else length
            elif name.lower() not in ("connection", "date", "server", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
