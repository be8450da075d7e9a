"""A stand-in for the desktop's control API, for tests that need its faults on order. The real one has its
own tests.

It paints what it is told: a click leaves a square, text leaves a bar, so a screenshot shows what was done.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageDraw

TOKEN = "control-token-for-tests-0123456789"
WIDTH, HEIGHT = 1024, 768
Response = tuple[int, bytes]


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that went away: some tests interrupt an action."""


@dataclass(slots=True)
class StandInDesktop:
    """Serves on 127.0.0.1. Use as a context manager.

    `executed` holds the inputs that were done, screenshots left out. `on_action` may answer in its place:
    it gets the tool and input and returns (status, body), or None to go on; it may sleep, or raise
    ConnectionError to hang up.
    """

    on_action: Callable[[str, dict[str, Any]], Response | None] = lambda tool, value: None
    executed: list[dict[str, Any]] = field(default_factory=list)
    screenshots: int = 0
    site: str | None = None
    pointer: tuple[int, int] = (WIDTH // 2, HEIGHT // 2)
    _picture: Image.Image = field(default_factory=lambda: Image.new("RGB", (WIDTH, HEIGHT), (58, 110, 165)))
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandInDesktop:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, port: int = 0) -> None:
        """Listen; with a port, where it listened before."""
        desktop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                allowed = self.headers.get("authorization", "") == f"Bearer {TOKEN}" and self.path == "/focus"
                data = json.dumps({"program": "firefox-esr", "origin": desktop.site}).encode()
                self.send_response(200 if allowed else 404)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    status, data = desktop._answer(self.headers.get("authorization", ""), body)
                except ConnectionError:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening; connections are refused from then on."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def paint(self, box: tuple[int, int, int, int], colour: tuple[int, int, int] = (200, 60, 60)) -> None:
        """Change the screen by itself, as a page that loads does."""
        with self._lock:
            ImageDraw.Draw(self._picture).rectangle(box, fill=colour)

    def _answer(self, authorization: str, body: bytes) -> Response:
        if authorization != f"Bearer {TOKEN}":
            return 401, b'{"error": "unauthorized"}'
        request = json.loads(body)
        tool, value = request["tool"], request["input"]
        answer = self.on_action(tool, value)
        if answer is not None:
            return answer
        if tool == "computer" and value["action"] == "cursor_position":
            return 200, result(output="X={},Y={}".format(*self.pointer))
        looking = tool == "computer" and value["action"] in ("screenshot", "zoom")
        pictured = tool == "computer" and request.get("options", {}).get("screenshot", True)
        with self._lock:
            if looking:
                self.screenshots += 1
            else:
                self.executed.append({"tool": tool, **value})
                self._do(tool, value)
            image = self._png() if looking or pictured else None
        output = f"ran {value['command']}" if tool == "bash" and "command" in value else None
        return 200, result(output=output, image=image)

    def _do(self, tool: str, value: dict[str, Any]) -> None:
        draw = ImageDraw.Draw(self._picture)
        if "coordinate" in value:
            self.pointer = (value["coordinate"][0], value["coordinate"][1])
        if value.get("action", "").endswith("click"):
            x, y = self.pointer
            draw.rectangle((x - 15, y - 15, x + 15, y + 15), fill=(240, 200, 40))
        elif value.get("action") == "type":
            draw.rectangle((100, 700, 100 + 4 * len(value["text"]), 720), fill=(20, 20, 20))

    def _png(self) -> bytes:
        buffer = io.BytesIO()
        self._picture.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()


def result(
    output: str | None = None,
    error: str | None = None,
    image: bytes | None = None,
    settled: bool | None = True,
    **more: Any,
) -> bytes:
    """A response body as the contract has it."""
    encoded = base64.b64encode(image).decode() if image else None
    return json.dumps(
        {
            "output": output,
            "error": error,
            "base64_image": encoded,
            "settled": settled,
            "elapsed_ms": 5.0,
            **more,
        }
    ).encode()


def after(seconds: float, answer: Response | None = None) -> Response | None:
    """Wait before the answer."""
    time.sleep(seconds)
    return answer
