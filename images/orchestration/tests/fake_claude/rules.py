"""What the API demands of a request; the fake refuses with 400 what the real one would refuse."""

from __future__ import annotations

import base64
import binascii
from typing import Any

LARGEST_BODY = 32_000_000
TOOLSET = "computer_toolset_20260801"
BETA_OF_TOOL = {
    "computer_20251124": "computer-use-2025-11-24",
    "computer_20250124": "computer-use-2025-01-24",
}


class Refused(ValueError):
    """The request breaks a rule; the text is the API's `message`."""


def check(body: dict[str, Any], betas: list[str], on_bedrock: bool) -> None:
    """Raises Refused for the first rule that the request breaks."""
    _require(isinstance(body.get("max_tokens"), int) and body["max_tokens"] > 0, "max_tokens is required")
    messages = body.get("messages")
    _require(isinstance(messages, list) and bool(messages), "messages is required")
    assert isinstance(messages, list)
    _tools(body.get("tools") or [], betas, on_bedrock)
    thinking = body.get("thinking") or {}
    if "budget_tokens" in thinking:
        _require(
            thinking["budget_tokens"] < body["max_tokens"], "max_tokens must exceed thinking.budget_tokens"
        )
    marks = 0
    outstanding: dict[str, str | None] = {}
    seen: set[str] = set()
    for number, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        _require(role in ("user", "assistant"), f"messages.{number}: unknown role")
        _require(number > 0 or role == "user", "the first message must be the user's")
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        _require(isinstance(content, list) and bool(content), f"messages.{number}: content is empty")
        if role == "user":
            outstanding = _user(number, content, outstanding)
        else:
            _require(
                not outstanding, f"messages.{number}: tool_use ids without tool_result: {sorted(outstanding)}"
            )
            outstanding = _assistant(number, content, seen)
        marks += sum("cache_control" in block for block in content)
    _require(not outstanding, f"tool_use ids without tool_result at the end: {sorted(outstanding)}")
    _require(messages[-1]["role"] == "user", "the last message must be the user's")
    system = body.get("system") or []
    marks += sum("cache_control" in block for block in system if isinstance(block, dict))
    _require(marks <= 4, f"{marks} cache_control marks, at most 4 are allowed")


def _user(number: int, content: list[Any], outstanding: dict[str, str | None]) -> dict[str, str | None]:
    left = dict(outstanding)
    texts = 0
    for block in content:
        where = f"messages.{number}: {block.get('type')}"
        if block["type"] == "text":
            _require(bool(block["text"].strip()), f"{where}: text is empty")
            texts += 1
        elif block["type"] == "tool_result":
            identifier = block["tool_use_id"]
            _require(texts == 0, f"{where}: a tool_result stands after text")
            _require(identifier in left, f"{where}: no tool_use {identifier} in the message before")
            _require(
                left.pop(identifier) == block.get("toolset_name"), f"{where}: toolset_name does not match"
            )
            _result(where, block)
        else:
            raise Refused(f"{where}: unexpected block")
    return left


def _result(where: str, block: dict[str, Any]) -> None:
    parts = block.get("content")
    parts = [{"type": "text", "text": parts}] if isinstance(parts, str) else parts or []
    failed = block.get("is_error", False)
    _require(bool(parts) or not failed, f"{where}: an error needs content")
    for part in parts:
        if part["type"] == "text":
            _require(bool(part["text"].strip()), f"{where}: text is empty")
        else:
            _require(part["type"] == "image", f"{where}: unexpected part")
            _require(not failed, f"{where}: all content must be text if is_error is true")
            try:
                image = base64.b64decode(part["source"]["data"], validate=True)
            except (binascii.Error, KeyError):
                raise Refused(f"{where}: the image is not base64") from None
            _require(image.startswith(b"\x89PNG"), f"{where}: the image is not a PNG")


def _assistant(number: int, content: list[Any], seen: set[str]) -> dict[str, str | None]:
    asked: dict[str, str | None] = {}
    for block in content:
        where = f"messages.{number}: {block.get('type')}"
        if block["type"] == "text":
            _require(bool(block["text"].strip()), f"{where}: text is empty")
        elif block["type"] == "thinking":
            _require(bool(block.get("signature")), f"{where}: signature is missing")
        elif block["type"] == "tool_use":
            _require(isinstance(block["input"], dict), f"{where}: input must be an object")
            _require(block["id"] not in seen, f"{where}: the id {block['id']} is used twice")
            seen.add(block["id"])
            asked[block["id"]] = block.get("toolset_name")
        else:
            raise Refused(f"{where}: unexpected block")
    return asked


def _tools(tools: list[dict[str, Any]], betas: list[str], on_bedrock: bool) -> None:
    for tool in tools:
        kind = tool.get("type", "")
        if kind == TOOLSET:
            _require(not on_bedrock, f"tools: {TOOLSET} is not available here")
            _require("name" not in tool, f"tools: {TOOLSET} has no name")
        elif kind in BETA_OF_TOOL:
            _require(BETA_OF_TOOL[kind] in betas, f"tools: {kind} needs the beta {BETA_OF_TOOL[kind]}")
            _require(
                {"display_width_px", "display_height_px"} <= set(tool),
                f"tools: {kind} needs the display's size",
            )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise Refused(message)
