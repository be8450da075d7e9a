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
    """One assistant turn: content blocks as they go back to the API, why it stopped, what it used.

    `charges` splits the usage by model (None: the one that was asked), `refusal` says why the model declined,
    `dropped` counts thinking blocks of the request that the API left out, `cleared` the old tool calls whose
    results it cleared.
    """

    content: list[dict[str, Any]]
    stop_reason: str
    charges: tuple[tuple[str | None, Usage], ...]
    refusal: dict[str, Any] | None = None
    dropped: int = 0
    cleared: int = 0

    @property
    def usage(self) -> Usage:
        """All tokens together."""
        return sum((usage for _, usage in self.charges), Usage())

    @property
    def silent(self) -> bool:
        """Whether it neither says anything nor asks for a tool."""
        return not any(block["type"] in ("text", "tool_use") for block in self.content)

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
    _message: dict[str, Any] = field(default_factory=dict)

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
                self._keep(event["message"])
            case "content_block_start":
                self._blocks[event["index"]] = dict(event["content_block"])
                self._json[event["index"]] = ""
            case "content_block_delta":
                self._delta(event["index"], event["delta"])
            case "message_delta":
                self._keep(event["delta"])
                self._keep(event)
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

    def _keep(self, part: Mapping[str, Any]) -> None:
        """Fields of the message come with its start and with its end; what comes later wins."""
        for name in ("stop_reason", "stop_details", "input_transformations", "context_management"):
            if part.get(name) is not None:
                self._message[name] = part[name]
        usage = {name: value for name, value in (part.get("usage") or {}).items() if value is not None}
        self._message["usage"] = {**self._message.get("usage", {}), **usage}

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
        return checked(content, self._message)


def from_message(message: Mapping[str, Any]) -> Answer:
    """The answer in a response that was not streamed.

    Raises:
        MalformedAnswer: it is not a message, or makes no sense.
    """
    content = message.get("content")
    if message.get("type") != "message" or not isinstance(content, list):
        raise MalformedAnswer("the response is not a message")
    return checked([dict(block) for block in content if isinstance(block, dict)], message)


def checked(content: list[dict[str, Any]], message: Mapping[str, Any]) -> Answer:
    """An answer whose blocks can go back to the API; `message` has the fields beside the content.

    Raises:
        MalformedAnswer: no stop reason; a block without its fields; a tool_use id that is missing, odd or
            double.
    """
    stop_reason = message.get("stop_reason")
    if not isinstance(stop_reason, str):
        raise MalformedAnswer("the message has no stop reason")
    cleaned = [_block(block) for block in content]
    ids = [block["id"] for block in cleaned if block["type"] == "tool_use"]
    if len(set(ids)) != len(ids):
        raise MalformedAnswer("two tool calls have the same id")
    # The API takes no empty text back.
    kept = [block for block in cleaned if block["type"] != "text" or block["text"].strip()]
    details = message.get("stop_details")
    return Answer(
        kept,
        stop_reason,
        charges_of(message.get("usage")),
        refusal=details if isinstance(details, dict) else None,
        dropped=len(_entries(message.get("input_transformations"), "thinking_dropped")),
        cleared=sum(
            entry.get("cleared_tool_uses") or 0
            for entry in _entries(
                _of(message.get("context_management"), "applied_edits"), "clear_tool_uses_20250919"
            )
        ),
    )


def _block(block: dict[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    needed = {
        "text": ("text",),
        "thinking": ("thinking",),
        "redacted_thinking": ("data",),
        "tool_use": ("id", "name"),
        "compaction": (),
        "fallback": (),
    }
    if kind not in needed:
        raise MalformedAnswer(f"a content block is of the unknown type {str(kind)[:40]!r}")
    if any(not isinstance(block.get(name), str) for name in needed[kind]):
        raise MalformedAnswer(f"a {kind} block lacks a field")
    if kind in ("compaction", "fallback"):
        # Sent back exactly as they came.
        return dict(block)
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


def charges_of(usage: object) -> tuple[tuple[str | None, Usage], ...]:
    """Token counts of a message's `usage` by model; what is missing counts as 0.

    A compaction, and the model that stood in after a refusal, are counted under `iterations` only.
    """
    if not isinstance(usage, dict):
        return ((None, Usage()),)
    parts = [part for part in usage.get("iterations") or () if isinstance(part, dict)]
    if not any(part.get("type") in ("compaction", "fallback_message") for part in parts):
        return ((None, _counted(usage)),)
    return tuple(
        (part.get("model") if part.get("type") == "fallback_message" else None, _counted(part))
        for part in parts
    )


def _counted(usage: Mapping[str, Any]) -> Usage:
    def count(name: str) -> int:
        value = usage.get(name)
        return value if isinstance(value, int) and value > 0 else 0

    return Usage(
        count("input_tokens"),
        count("output_tokens"),
        count("cache_creation_input_tokens"),
        count("cache_read_input_tokens"),
    )


def _of(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _entries(value: object, kind: str) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("type") == kind]
