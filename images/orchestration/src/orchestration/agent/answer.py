"""The model's answer, put together from a stream's events or a whole message, and checked for sense."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.agent.models import Usage

INVALID_JSON = "INVALID_JSON"
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class MalformedAnswer(ValueError):
    """The answer cannot be part of a conversation; the text says why, for the record."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One assistant turn: content blocks as they go back to the API, why it stopped, what it used."""

    content: list[dict[str, Any]]
    stop_reason: str
    usage: Usage

    @property
    def tool_uses(self) -> list[dict[str, Any]]:
        """The blocks that ask for a tool, in order."""
        return [block for block in self.content if block["type"] == "tool_use"]


# (kind, text): `text` or `thinking` as it arrives; `restart` when a new try begins.
Progress = Callable[[str, str], None]


@dataclass(slots=True)
class StreamReader:
    """Takes a stream's events one by one. `complete` only after the event that ends a message."""

    progress: Progress
    complete: bool = False
    _blocks: dict[int, dict[str, Any]] = field(default_factory=dict)
    _json: dict[int, str] = field(default_factory=dict)
    _usage: dict[str, int] = field(default_factory=dict)
    _stop_reason: str | None = None

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event.

        Raises:
            MalformedAnswer: it does not fit what came before.
        """
        try:
            self._take(event)
        except (KeyError, TypeError, AttributeError):
            raise MalformedAnswer(f"a stream event of type {event.get('type')!r} is malformed") from None

    def _take(self, event: Mapping[str, Any]) -> None:
        match event["type"]:
            case "message_start":
                self._count(event["message"].get("usage"))
            case "content_block_start":
                self._blocks[event["index"]] = dict(event["content_block"])
                self._json[event["index"]] = ""
            case "content_block_delta":
                self._delta(event["index"], event["delta"])
            case "message_delta":
                self._stop_reason = event["delta"].get("stop_reason") or self._stop_reason
                self._count(event.get("usage"))
            case "message_stop":
                self.complete = True

    def _delta(self, index: int, delta: Mapping[str, Any]) -> None:
        block = self._blocks[index]
        match delta["type"]:
            case "text_delta":
                block["text"] = block.get("text", "") + delta["text"]
                self.progress("text", delta["text"])
            case "thinking_delta":
                block["thinking"] = block.get("thinking", "") + delta["thinking"]
                self.progress("thinking", delta["thinking"])
            case "signature_delta":
                block["signature"] = block.get("signature", "") + delta["signature"]
            case "input_json_delta":
                self._json[index] += delta["partial_json"]

    def _count(self, usage: Mapping[str, Any] | None) -> None:
        for name, value in (usage or {}).items():
            if isinstance(value, int):
                self._usage[name] = value

    def answer(self) -> Answer:
        """The whole answer.

        Raises:
            MalformedAnswer: the stream ended before the message did, or the message makes no sense.
        """
        if not self.complete:
            raise MalformedAnswer("the stream ended before the message did")
        content = []
        for index in sorted(self._blocks):
            block = self._blocks[index]
            if block.get("type") == "tool_use" and self._json[index]:
                block["input"] = _tool_input(self._json[index])
            content.append(block)
        return checked(content, self._stop_reason, self._usage)


def from_message(message: Mapping[str, Any]) -> Answer:
    """The answer in a response that was not streamed.

    Raises:
        MalformedAnswer: it is not a message, or makes no sense.
    """
    content = message.get("content")
    if message.get("type") != "message" or not isinstance(content, list):
        raise MalformedAnswer("the response is not a message")
    usage = message.get("usage")
    return checked(
        [dict(block) for block in content if isinstance(block, dict)],
        message.get("stop_reason"),
        usage if isinstance(usage, dict) else {},
    )


def checked(content: list[dict[str, Any]], stop_reason: object, usage: Mapping[str, Any]) -> Answer:
    """An answer whose blocks can go back to the API.

    Raises:
        MalformedAnswer: no stop reason; a block without its fields; a tool_use id that is missing, odd or
            double.
    """
    if not isinstance(stop_reason, str):
        raise MalformedAnswer("the message has no stop reason")
    cleaned = [_block(block) for block in content]
    ids = [block["id"] for block in cleaned if block["type"] == "tool_use"]
    if len(set(ids)) != len(ids):
        raise MalformedAnswer("two tool calls have the same id")
    # The API takes no empty text back.
    kept = [block for block in cleaned if block["type"] != "text" or block["text"].strip()]
    return Answer(kept, stop_reason, usage_of(usage))


def _block(block: dict[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    needed = {
        "text": ("text",),
        "thinking": ("thinking",),
        "redacted_thinking": ("data",),
        "tool_use": ("id", "name"),
    }
    if kind not in needed:
        raise MalformedAnswer(f"a content block is of the unknown type {str(kind)[:40]!r}")
    if any(not isinstance(block.get(name), str) for name in needed[kind]):
        raise MalformedAnswer(f"a {kind} block lacks a field")
    if kind == "text":
        return {"type": "text", "text": block["text"]}
    if kind == "thinking":
        return {"type": "thinking", "thinking": block["thinking"], "signature": block.get("signature") or ""}
    if kind == "redacted_thinking":
        return {"type": "redacted_thinking", "data": block["data"]}
    if not _ID.fullmatch(block["id"]) or not block["name"]:
        raise MalformedAnswer("a tool call has an impossible id or name")
    value = block.get("input")
    call = {
        "type": "tool_use",
        "id": block["id"],
        "name": block["name"],
        "input": value if isinstance(value, dict) else _invalid(json.dumps(value, default=str)),
    }
    if isinstance(block.get("toolset_name"), str):
        call["toolset_name"] = block["toolset_name"]
    return call


def _tool_input(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _invalid(text)
    return value if isinstance(value, dict) else _invalid(text)


def _invalid(text: str) -> dict[str, Any]:
    """What the API documents for handing back an input that was not a JSON object."""
    return {INVALID_JSON: text[:10_000]}


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Token counts of a message's `usage`; what is missing counts as 0."""

    def count(name: str) -> int:
        value = usage.get(name)
        return value if isinstance(value, int) and value > 0 else 0

    return Usage(
        count("input_tokens"),
        count("output_tokens"),
        count("cache_creation_input_tokens"),
        count("cache_read_input_tokens"),
    )
