"""Sends one answer, whole or as a stream, in the caller's wire format, with the fault that was ordered."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from fake_claude import wire
from fake_claude.script import Fault, Step

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(slots=True)
class Reply:
    """One answer on its way to a caller: `extra` holds fields that not every message has."""

    writer: asyncio.StreamWriter
    bedrock: bool
    streaming: bool
    identifier: str
    model: str
    content: list[dict[str, Any]]
    stop: str | None
    usage: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    async def send(self, fault: Fault | None) -> None:
        """Send it. Raises ConnectionResetError where the fault ends the connection."""
        if fault is not None:
            if fault.kind == "status":
                error(
                    self.writer, self.bedrock, fault.status, fault.text, fault.error_type, fault.retry_after
                )
                return
            if fault.kind == "not_json":
                head(self.writer, 200, "text/html", {"content-length": "22"})
                self.writer.write(b"<html>a proxy's</html>")
                return
            self.content, self.stop = _nonsense(fault, self.content, self.stop)
        arguments = (self.identifier, self.model, self.content, self.stop, self.usage, self.extra)
        if self.streaming:
            await self._stream(wire.events(*arguments), fault)
            return
        if fault is not None and fault.kind in ("slow", "silent"):
            await asyncio.sleep(fault.seconds)
        data = json.dumps(wire.message(*arguments)).encode()
        if fault is not None and fault.kind in ("garbage", "empty", "error_event"):
            data = b"" if fault.kind == "empty" else b'{"type": "mess'
        head(self.writer, 200, "application/json", {"content-length": str(len(data))})
        if fault is not None and fault.kind in ("cut", "ended_early"):
            self.writer.write(data[: len(data) // 2])
            raise ConnectionResetError
        self.writer.write(data)

    async def _stream(self, events: Any, fault: Fault | None) -> None:
        encode = wire.event_stream if self.bedrock else wire.server_sent
        content_type = "application/vnd.amazon.eventstream" if self.bedrock else "text/event-stream"
        head(self.writer, 200, content_type, {"transfer-encoding": "chunked"})
        if fault is None or fault.kind != "empty":
            for number, event in enumerate(events):
                if fault is not None:
                    if fault.kind == "slow":
                        await asyncio.sleep(fault.seconds)
                    if number == fault.after and await self._hit(fault, encode):
                        break
                if self.seconds:
                    await asyncio.sleep(self.seconds)
                _chunk(self.writer, encode(event))
                await self.writer.drain()
        self.writer.write(b"0\r\n\r\n")

    async def _hit(self, fault: Fault, encode: Any) -> bool:
        """What the fault does at its event; True when the stream ends there."""
        writer = self.writer
        if fault.kind == "cut":
            await writer.drain()
            writer.transport.abort()
            raise ConnectionResetError
        if fault.kind == "silent":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "garbage":
            _chunk(writer, b"\x00\x01garbage" * 4 if self.bedrock else encode("{this is not JSON"))
            return True
        elif fault.kind == "error_event":
            said = {"type": "error", "error": {"type": "overloaded_error", "message": fault.text}}
            overload = wire.exception_frame("serviceUnavailableException", fault.text)
            _chunk(writer, overload if self.bedrock else wire.server_sent(said))
            return True
        return fault.kind == "ended_early"


def chosen(step: Step, fault: Fault | None) -> tuple[Step, Fault | None]:
    """The step that is answered: an `instead` fault brings its own."""
    if fault is not None and fault.kind == "instead" and fault.step is not None:
        return fault.step, None
    return step, fault


def error(
    writer: asyncio.StreamWriter,
    bedrock: bool,
    status: int,
    text: str,
    kind: str | None = None,
    retry_after: str | None = None,
    code: str | None = None,
) -> None:
    """An error as the Claude API says it, or as AWS does: a message, and the type in a header."""
    kind = kind or ERROR_TYPES.get(status, "api_error")
    extra = {"retry-after": retry_after} if retry_after is not None else {}
    said: dict[str, Any] = {
        "type": "error",
        "error": {"type": kind, "message": text},
        "request_id": "req_fake",
    }
    if code is not None:
        said["error"]["details"] = {"error_code": code}
    if bedrock:
        said = {"message": text}
        extra["x-amzn-errortype"] = kind
    data = json.dumps(said).encode()
    head(writer, status, "application/json", {"content-length": str(len(data)), **extra})
    writer.write(data)


def head(writer: asyncio.StreamWriter, status: int, content_type: str, headers: dict[str, str]) -> None:
    """The head of a response."""
    lines = [f"HTTP/1.1 {status} Scripted", f"content-type: {content_type}", "request-id: req_fake"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())


def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


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
