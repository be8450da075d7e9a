"""The log of HTTP exchanges with the model and the desktop: what was sent and what came back, without
secrets.

Kept in memory for the page and bounded; images are replaced by their size, texts are cut. The record is
elsewhere.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from orchestration.record.redaction import Redactor

KEPT = 200
LONGEST_BODY = 40_000
LONGEST_CAPTURE = 400_000
SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "cookie",
        "set-cookie",
        "x-amz-security-token",
        "anthropic-organization-id",
    }
)
_IMAGE_DATA = re.compile(r'("(?:data|base64_image)"\s*:\s*")([A-Za-z0-9+/=]{200,})(?=")')
attempt_number: ContextVar[int] = ContextVar("attempt_number", default=1)


@dataclass(slots=True)
class Exchange:
    """One HTTP request and its response; `attempt` counts tries at the same question, `seconds` is to the
    end.
    """

    number: int
    peer: str
    time: str
    method: str
    url: str
    attempt: int
    request_headers: dict[str, str]
    request_body: str
    request_bytes: int
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""
    response_bytes: int = 0
    seconds: float = 0.0
    error: str | None = None


class ExchangeLog:
    """The last exchanges, newest last. Safe to read from any thread."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._lock = threading.Lock()
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self._count = 0

    def list(self) -> list[Exchange]:
        """All that are kept."""
        with self._lock:
            return list(self._exchanges)

    def clear(self) -> None:
        """Forget all; numbering goes on."""
        with self._lock:
            self._exchanges.clear()

    def open(self, peer: str, request: httpx2.Request) -> Exchange:
        """Enter a request that is about to be sent."""
        body = request.content
        with self._lock:
            self._count += 1
            exchange = Exchange(
                number=self._count,
                peer=peer,
                time=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                method=request.method,
                url=self._redactor.text(str(request.url)),
                attempt=attempt_number.get(),
                request_headers=self._headers(request.headers),
                request_body=self.readable(body),
                request_bytes=len(body),
            )
            self._exchanges.append(exchange)
        return exchange

    def answered(self, exchange: Exchange, response: httpx2.Response) -> None:
        """Enter status and headers."""
        exchange.status = response.status_code
        exchange.response_headers = self._headers(response.headers)

    def readable(self, body: bytes) -> str:
        """A body for people: images by size, no secrets, cut to 40,000 characters."""
        text = body.decode("utf-8", "replace")
        text = _IMAGE_DATA.sub(lambda match: f"{match[1]}[image, {len(match[2]) * 3 // 4:,} bytes]", text)
        text = self._redactor.text(text)
        if len(text) > LONGEST_BODY:
            half = LONGEST_BODY // 2
            text = f"{text[:half]}\n… {len(text) - LONGEST_BODY:,} characters left out …\n{text[-half:]}"
        return text

    def _headers(self, headers: httpx2.Headers) -> dict[str, str]:
        return {
            name: "[redacted]" if name.lower() in SECRET_HEADERS else self._redactor.text(value)
            for name, value in headers.items()
        }


class LoggingTransport(httpx2.AsyncBaseTransport):
    """Sends through another transport and enters every exchange in the log."""

    def __init__(self, peer: str, log: ExchangeLog, inner: httpx2.AsyncBaseTransport) -> None:
        self._peer = peer
        self._log = log
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the response's body is entered as it is read."""
        exchange = self._log.open(self._peer, request)
        started = time.monotonic()
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            exchange.seconds = time.monotonic() - started
            exchange.error = type(error).__name__
            raise
        self._log.answered(exchange, response)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _CapturedStream(response.stream, exchange, self._log, started)
        return response

    async def aclose(self) -> None:
        """Close the transport underneath."""
        await self._inner.aclose()


class _CapturedStream(httpx2.AsyncByteStream):
    """Passes a body on and keeps its beginning for the log."""

    def __init__(
        self, inner: httpx2.AsyncByteStream, exchange: Exchange, log: ExchangeLog, started: float
    ) -> None:
        self._inner = inner
        self._exchange = exchange
        self._log = log
        self._started = started
        self._captured = bytearray()
        self._finished = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._exchange.response_bytes += len(chunk)
                if len(self._captured) < LONGEST_CAPTURE or self._exchange.peer == "desktop":
                    self._captured += chunk
                yield chunk
        except Exception as error:
            self._exchange.error = type(error).__name__
            raise
        except asyncio.CancelledError:
            self._exchange.error = "cancelled"
            raise
        finally:
            self._finish()

    async def aclose(self) -> None:
        await self._inner.aclose()
        self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        self._exchange.seconds = time.monotonic() - self._started
        body = bytes(self._captured)
        self._captured.clear()
        if self._exchange.response_headers.get("content-type") == "application/vnd.amazon.eventstream":
            body = _event_stream_text(body)
        self._exchange.response_body = self._log.readable(body)


def _event_stream_text(body: bytes) -> bytes:
    """AWS's binary event stream as one JSON text a line, as far as it arrived whole."""
    from botocore.eventstream import EventStreamBuffer, ParserError  # noqa: PLC0415 (slow to import)

    buffer = EventStreamBuffer()
    buffer.add_data(body)
    lines = []
    try:
        for message in buffer:
            kind = message.headers.get(":exception-type") or message.headers.get(":event-type")
            lines.append(f"{kind}: {_payload_text(message.payload)}")
    except ParserError:
        lines.append("… the stream is damaged here …")
    return "\n".join(lines).encode()


def _payload_text(payload: bytes) -> str:
    """A frame's payload, unwrapped from Bedrock's base64, in which no secret would be recognised."""
    try:
        wrapped = json.loads(payload)["bytes"]
        return base64.b64decode(wrapped, validate=True).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError):
        return payload.decode("utf-8", "replace")
