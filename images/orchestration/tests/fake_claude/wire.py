"""The bytes of an answer: server-sent events, AWS's binary event stream, or one JSON message."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Iterator
from typing import Any

PIECE = 24
STRING_HEADER = 7


def message(
    identifier: str,
    model: str,
    content: list[dict[str, Any]],
    stop: str | None,
    usage: dict[str, Any],
    extra: dict[str, Any],
) -> dict[str, Any]:
    """A whole message, not streamed; `extra` are fields that not every answer has."""
    return {
        "id": identifier,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [_whole(block) for block in content],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
        **extra,
    }


def _whole(block: dict[str, Any]) -> dict[str, Any]:
    if "raw_input" not in block:
        return block
    # A whole message cannot carry broken JSON; what comes nearest is an input that is not an object.
    return {
        **{name: value for name, value in block.items() if name != "raw_input"},
        "input": block["raw_input"],
    }


def events(
    identifier: str,
    model: str,
    content: list[dict[str, Any]],
    stop: str | None,
    usage: dict[str, Any],
    extra: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """The stream's events of a message, text and input in pieces.

    `input_transformations` comes with the start, edits of the context and a refusal's details with the end
    (SDK: BetaMessage, BetaRawMessageDeltaEvent).
    """
    at_start = {name: extra[name] for name in ("input_transformations",) if name in extra}
    at_end = {name: extra[name] for name in ("context_management",) if name in extra}
    start = message(identifier, model, [], None, {**usage, "output_tokens": 1}, at_start)
    yield {"type": "message_start", "message": start}
    yield {"type": "ping"}
    for index, block in enumerate(content):
        yield from _block_events(index, block)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": stop, "stop_sequence": None, "stop_details": extra.get("stop_details")},
        "usage": {"output_tokens": usage["output_tokens"]},
        **at_end,
    }
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = block["type"]
    if kind == "text":
        empty, deltas = {"type": "text", "text": ""}, _pieces("text_delta", "text", block["text"])
    elif kind == "thinking":
        empty = {"type": "thinking", "thinking": "", "signature": ""}
        deltas = _pieces("thinking_delta", "thinking", block["thinking"])
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif kind == "tool_use":
        empty = {name: value for name, value in block.items() if name not in ("input", "raw_input")} | {
            "input": {}
        }
        written = block.get("raw_input", json.dumps(block.get("input", {})))
        deltas = _pieces("input_json_delta", "partial_json", written)
    else:
        empty, deltas = block, []
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _pieces(kind: str, name: str, value: str) -> list[dict[str, Any]]:
    return [{"type": kind, name: value[at : at + PIECE]} for at in range(0, len(value), PIECE)]


def server_sent(event: dict[str, Any] | str, name: str | None = None) -> bytes:
    """One server-sent event; a plain text is sent as it is, JSON or not."""
    data = event if isinstance(event, str) else json.dumps(event)
    kind = name or (event["type"] if isinstance(event, dict) else "content_block_delta")
    return f"event: {kind}\ndata: {data}\n\n".encode()


def event_stream(event: dict[str, Any] | str) -> bytes:
    """One frame of AWS's event stream with the event inside, as Bedrock sends it."""
    data = event if isinstance(event, str) else json.dumps(event)
    payload = json.dumps({"bytes": base64.b64encode(data.encode()).decode()}).encode()
    return frame(
        {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}, payload
    )


def exception_frame(kind: str, text: str) -> bytes:
    """A frame that reports an exception in the middle of a stream."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, json.dumps({"message": text}).encode())


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """A frame: lengths and their CRC, headers, payload, CRC of all."""
    packed = b"".join(
        bytes([len(name)]) + name.encode() + struct.pack(">BH", STRING_HEADER, len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    prelude += struct.pack(">I", binascii.crc32(prelude))
    body = prelude + packed + payload
    return body + struct.pack(">I", binascii.crc32(body))
