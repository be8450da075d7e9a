"""What the API does with old tool results and thinking before the model sees a request.

Source: the page "Context editing" on platform.claude.com and the SDK's `BetaContextManagementConfigParam`.
Each request is edited anew from its full history. That the API keeps no memory of what it cleared before is
our reading: it is the dearer case for a client whose `keep` does not move in steps.
"""

from __future__ import annotations

from typing import Any

from fake_claude.tokens import block_tokens, tool_tokens

CLEARED = "[Old tool result content cleared]"
DEFAULT_TRIGGER = 100_000
DEFAULT_KEEP = 3


def edited(body: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The request as the model sees it, and the edits that were applied."""
    applied: list[dict[str, Any]] = []
    messages = body["messages"]
    for edit in (body.get("context_management") or {}).get("edits", ()):
        if edit["type"] == "clear_tool_uses_20250919":
            messages, report = _clear(messages, edit, tool_tokens(body))
            applied += [report] if report else []
    return {**body, "messages": messages}, applied


def _clear(
    messages: list[dict[str, Any]], edit: dict[str, Any], other: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    excluded = set(edit.get("exclude_tools") or ())
    names = {block["id"]: block["name"] for message in messages for block in _blocks(message, "tool_use")}
    uses = [
        block["tool_use_id"]
        for message in messages
        for block in _blocks(message, "tool_result")
        if names.get(block["tool_use_id"]) not in excluded
    ]
    trigger = edit.get("trigger") or {"type": "input_tokens", "value": DEFAULT_TRIGGER}
    size = other + sum(block_tokens(block) for message in messages for block in _all(message))
    measured = len(uses) if trigger["type"] == "tool_uses" else size
    if measured <= trigger["value"]:
        return messages, None
    keep = (edit.get("keep") or {"value": DEFAULT_KEEP})["value"]
    gone = set(uses[: max(0, len(uses) - keep)])
    cleared = [
        {**message, "content": [_cleared(block, gone) for block in _all(message)]} for message in messages
    ]
    freed = size - other - sum(block_tokens(block) for message in cleared for block in _all(message))
    least = (edit.get("clear_at_least") or {"value": 0})["value"]
    if not gone or freed < least:
        return messages, None
    report = {"type": edit["type"], "cleared_tool_uses": len(gone), "cleared_input_tokens": freed}
    return cleared, report


def _cleared(block: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    if block["type"] != "tool_result" or block["tool_use_id"] not in gone:
        return block
    return {**block, "content": [{"type": "text", "text": CLEARED}]}


def _all(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _blocks(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in _all(message) if block["type"] == kind]
