"""What the API demands of a request; the fake refuses with 400 what the real one would refuse.

This file holds the rules about messages, `parameters.py` those about everything else.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from fake_claude import binding, parameters
from fake_claude.catalogue import Served
from fake_claude.parameters import COMPACTION, Refused
from fake_claude.parameters import require as _require

# Page "Errors": request size limits of the Messages API.
LARGEST_BODY = 32_000_000
__all__ = ["LARGEST_BODY", "Refused", "check"]


def check(
    body: dict[str, Any],
    betas: list[str],
    on_bedrock: bool,
    model: str,
    served: Served,
    goes_on: bool = False,
) -> None:
    """Check one request.

    Args:
        goes_on: the newest answer ended with `pause_turn`, so it may stand last.

    Raises:
        Refused: for the first rule that the request breaks.
    """
    _require(isinstance(body.get("max_tokens"), int) and body["max_tokens"] > 0, "max_tokens is required")
    messages = body.get("messages")
    _require(isinstance(messages, list) and bool(messages), "messages is required")
    assert isinstance(messages, list)
    parameters.check(body, betas, on_bedrock, model, served)
    _compaction(messages, betas)
    marks = 0
    outstanding: dict[str, str | None] = {}
    seen: set[str] = set()
    for number, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        _require(role in ("user", "assistant"), f"messages.{number}: unknown role")
        begins = number > 0 or role == "user" or _is_compaction(content)
        _require(begins, "the first message must be the user's")
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
    # Page "Compaction on demand", errors; SDK: CompactionIncompleteTurnErrorDetails.
    code = "compaction_incomplete_turn" if "compaction" in body else None
    _require(not outstanding, f"tool_use ids without tool_result at the end: {sorted(outstanding)}", code)
    _require(messages[-1]["role"] == "user" or goes_on, "the last message must be the user's")
    pictures = str(messages).count("'type': 'image'")
    # Page "Context windows": images a request.
    _require(pictures <= served.images, f"too many images: {pictures} > {served.images}")
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
        elif block["type"] == "redacted_thinking":
            _require(bool(block.get("data")), f"{where}: data is missing")
        elif block["type"] not in ("compaction", "fallback"):
            raise Refused(f"{where}: unexpected block")
    return asked


def _is_compaction(content: Any) -> bool:
    return isinstance(content, list) and bool(content) and content[0].get("type") == "compaction"


def _compaction(messages: list[dict[str, Any]], betas: list[str]) -> None:
    """Rules about the block that a compaction returned.

    Source: "Compaction on demand", errors, and the SDK's `Compaction…ErrorDetails`.
    """
    blocks = [
        (m, b, block)
        for m, message in enumerate(messages)
        if isinstance(message.get("content"), list)
        for b, block in enumerate(message["content"])
        if block.get("type") == "compaction"
    ]
    if not blocks:
        return
    _require(COMPACTION in betas, "messages.0.content.0: Input tag 'compaction' does not match any expected")
    _require(len(blocks) == 1, "more than one compaction block", "compaction_block_ambiguous")
    m, b, block = blocks[0]
    _require((m, b) == (0, 0), "the compaction block is not first", "compaction_block_misplaced")
    extra = set(block) - {
        "type",
        "content",
        "signature",
        "encrypted_content",
        "tool_changes",
        "cache_control",
    }
    _require(not extra, f"messages.0.content.0.compaction.{extra}: Extra inputs are not permitted")
    known = binding.opened(block) is not None
    _require(known, "the compaction block was changed", "compaction_signature_invalid")
