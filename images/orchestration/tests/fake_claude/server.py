"""The HTTP server: reads a request, checks it, and sends the script's answer in the caller's wire format."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from fake_claude import rules, wire
from fake_claude.script import Fault, Script, Step
from fake_claude.tokens import PromptCache, block_tokens

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came: `wire` is `anthropic`, `bedrock` or `mantle`, `bytes` the body's size."""

    wire: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    bytes: int
    usage: dict[str, int]


@dataclass(slots=True)
class FakeClaude:
    """Serves a script on 127.0.0.1 in a thread of its own. Use as a context manager; then `url` is set.

    `api_key` is what the Claude API's callers must show; `requests` are those that were well-formed,
    `refused` the messages of those that were not.
    """

    script: Script
    api_key: str | None = None
    port: int = 0
    requests: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _cache: PromptCache = field(default_factory=PromptCache)
    _count: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _stopped: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """The base URL for every client."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FakeClaude:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the fake did not start")
        return self

    def __exit__(self, *error: object) -> None:
        assert self._loop is not None and self._stopped is not None and self._thread is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def serve(self, ready: threading.Event | None = None) -> None:
        """Serve until stopped or cancelled."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, limit=64_000_000)
        self.port = server.sockets[0].getsockname()[1]
        if ready is not None:
            ready.set()
        await self._stopped.wait()
        server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request, *lines = head.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await self._answer(request.split(" ")[1], headers, body, writer)
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()

    async def _answer(
        self, path: str, headers: dict[str, str], raw: bytes, writer: asyncio.StreamWriter
    ) -> None:
        self._count += 1
        kind = _wire_of(path, headers)
        try:
            if kind is None:
                raise _Error(404, "no such endpoint")
            body = json.loads(raw)
            streaming = body.get("stream", False) or path.endswith("/invoke-with-response-stream")
            self._admit(kind, headers, body, raw)
        except _Error as error:
            self._refuse(writer, error.status, error.text)
            return
        usage = self._cache.count(body)
        self.requests.append(Received(kind, path, headers, body, len(raw), usage))
        step, fault = self.script.next(body)
        model = body.get("model") or unquote(path.split("/")[2])
        await self._send(writer, kind, streaming, model, step, fault, usage)

    def _admit(self, kind: str, headers: dict[str, str], body: dict[str, Any], raw: bytes) -> None:
        signed = headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")
        if kind != "anthropic" and not signed:
            raise _Error(403, "the request is not signed")
        shown = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if kind == "anthropic" and self.api_key is not None and shown != self.api_key:
            raise _Error(401, "invalid x-api-key")
        if kind == "bedrock" and not body.get("anthropic_version"):
            raise _Error(400, "anthropic_version is required")
        if len(raw) > (13_000_000 if kind == "bedrock" else rules.LARGEST_BODY):
            raise _Error(413, "the request is too large")
        betas = body.get("anthropic_beta") or headers.get("anthropic-beta", "").split(",")
        try:
            rules.check(body, [beta.strip() for beta in betas], on_bedrock=kind != "anthropic")
        except rules.Refused as refused:
            raise _Error(400, str(refused)) from None

    def _refuse(self, writer: asyncio.StreamWriter, status: int, text: str) -> None:
        self.refused.append(text)
        self._error(writer, status, text)

    def _error(
        self, writer: asyncio.StreamWriter, status: int, text: str, retry_after: str | None = None
    ) -> None:
        kind = ERROR_TYPES.get(status, "api_error")
        data = json.dumps({"type": "error", "error": {"type": kind, "message": text}}).encode()
        extra = {"retry-after": retry_after} if retry_after is not None else {}
        _head(writer, status, "application/json", {"content-length": str(len(data)), **extra})
        writer.write(data)

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        kind: str,
        streaming: bool,
        model: str,
        step: Step,
        fault: Fault | None,
        usage: dict[str, int],
    ) -> None:
        content = [dict(block) for block in step.content]
        stop: str | None = step.stop_reason
        if fault is not None:
            if fault.kind == "status":
                self._error(writer, fault.status, "as scripted", fault.retry_after)
                return
            if fault.kind == "not_json":
                _head(writer, 200, "text/html", {"content-length": "22"})
                writer.write(b"<html>a proxy's</html>")
                return
            content, stop = _nonsense(fault, content, stop)
        output = sum(block_tokens(block) for block in content)
        usage = {**usage, "output_tokens": output}
        identifier = f"msg_{self._count:06d}"
        if streaming:
            await self._stream(
                writer, kind, wire.events(identifier, model, content, stop, usage), step, fault
            )
            return
        if fault is not None and fault.kind in ("slow", "silent"):
            await asyncio.sleep(fault.seconds)
        data = json.dumps(wire.message(identifier, model, content, stop, usage)).encode()
        if fault is not None and fault.kind in ("garbage", "empty", "error_event"):
            data = b"" if fault.kind == "empty" else b'{"type": "mess'
        _head(writer, 200, "application/json", {"content-length": str(len(data))})
        if fault is not None and fault.kind in ("cut", "ended_early"):
            writer.write(data[: len(data) // 2])
            raise ConnectionResetError
        writer.write(data)

    async def _stream(
        self, writer: asyncio.StreamWriter, kind: str, events: Any, step: Step, fault: Fault | None
    ) -> None:
        binary = kind == "bedrock"
        encode = wire.event_stream if binary else wire.server_sent
        content_type = "application/vnd.amazon.eventstream" if binary else "text/event-stream"
        _head(writer, 200, content_type, {"transfer-encoding": "chunked"})
        if fault is None or fault.kind != "empty":
            for number, event in enumerate(events):
                if fault is not None:
                    if fault.kind == "slow":
                        await asyncio.sleep(fault.seconds)
                    if number == fault.after and await self._hit(writer, binary, fault, encode):
                        break
                if step.seconds:
                    await asyncio.sleep(step.seconds)
                _chunk(writer, encode(event))
                await writer.drain()
        writer.write(b"0\r\n\r\n")

    async def _hit(self, writer: asyncio.StreamWriter, binary: bool, fault: Fault, encode: Any) -> bool:
        """What the fault does at its event; True when the stream ends there."""
        if fault.kind == "cut":
            await writer.drain()
            writer.transport.abort()
            raise ConnectionResetError
        if fault.kind == "silent":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "garbage":
            _chunk(writer, b"\x00\x01garbage" * 4 if binary else encode("{this is not JSON"))
            return True
        elif fault.kind == "error_event":
            error = {"type": "error", "error": {"type": "overloaded_error", "message": "as scripted"}}
            overload = wire.exception_frame("serviceUnavailableException", "as scripted")
            _chunk(writer, overload if binary else wire.server_sent(error))
            return True
        return fault.kind == "ended_early"


def _nonsense(
    fault: Fault, content: list[dict[str, Any]], stop: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    if fault.kind == "no_stop_reason":
        return content, None
    if fault.kind == "double_id":
        return [*content, *content], stop
    if fault.kind == "unknown_block":
        return [{"type": "hologram", "shape": "cube"}], stop
    return content, stop


def _wire_of(path: str, headers: dict[str, str]) -> str | None:
    plain = path.partition("?")[0]
    if plain.startswith("/model/") and plain.endswith(("/invoke", "/invoke-with-response-stream")):
        return "bedrock"
    if plain.endswith("/v1/messages"):
        return "mantle" if headers.get("authorization", "").startswith("AWS4-") else "anthropic"
    return None


def _head(writer: asyncio.StreamWriter, status: int, content_type: str, headers: dict[str, str]) -> None:
    lines = [f"HTTP/1.1 {status} Scripted", f"content-type: {content_type}", "request-id: req_fake"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())


def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


class _Error(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
