"""Turns of a conversation into the messages of a request: pure, and the same for the same turns.

What was sent once stays as it was (`Conversation` says when it may not), so the API's cache of the beginning
and the model's thinking, which counts only while everything before it is unchanged, stay good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.agent.answer import INVALID_JSON
from orchestration.agent.tool_versions import COMPUTER

PRUNED = "[An older screenshot was removed here.]"
LONGEST_OLD_TEXT = 2_000
SUMMARY = "This is a summary of the conversation so far:\n\n"
_THINKING = ("thinking", "redacted_thinking", "fallback")


class UnansweredToolUse(RuntimeError):
    """A request would have been sent with a tool call that has no result."""


@dataclass(slots=True)
class Turn:
    """One answer of the model with the results that followed."""

    content: list[dict[str, Any]]
    stop_reason: str = "end_turn"
    results: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def tool_uses(self) -> list[dict[str, Any]]:
        return [block for block in self.content if block.get("type") == "tool_use"]

    @property
    def unanswered(self) -> list[dict[str, Any]]:
        return [block for block in self.tool_uses if block["id"] not in self.results]


@dataclass(frozen=True, slots=True)
class Form:
    """How turns are to be sent.

    `toolset`: whether the computer's actions are tools of their own. Turns before `thinks_from` go without
    their thinking, those before `whole_from` without screenshots and with long outputs cut. `summary` stands
    for all before `begin`: as the API's own signed block, or as a text where that block cannot be read.
    """

    toolset: bool
    thinks_from: int = 0
    whole_from: int = 0
    begin: int = 0
    summary: dict[str, Any] | None = None
    signed: bool = True


def messages(turns: Sequence[Turn | str], form: Form, end: int | None = None) -> list[dict[str, Any]]:
    """The request's messages, images still by name.

    Args:
        end: leave out the turns from this one on, but not the results of the one before.
    """
    made: list[dict[str, Any]] = []
    pending: list[dict[str, Any]] = []
    if form.summary is not None and form.signed:
        made.append({"role": "assistant", "content": [dict(form.summary)]})
    elif form.summary is not None:
        pending.append({"type": "text", "text": SUMMARY + str(form.summary.get("content") or "")})
    stop = len(turns) if end is None else end
    for number in range(form.begin, stop):
        turn = turns[number]
        if isinstance(turn, str):
            pending.append({"type": "text", "text": turn})
            continue
        said = _said(turn, form, number)
        if said:
            if pending:
                made.append({"role": "user", "content": pending})
            made.append({"role": "assistant", "content": said})
            pending = []
        # Results first: the API wants them before anything else the person says.
        pending += [_result(turn, block, form, number) for block in turn.tool_uses]
    if pending:
        made.append({"role": "user", "content": pending})
    return made


def _said(turn: Turn, form: Form, number: int) -> list[dict[str, Any]]:
    blocks = turn.content
    if number < form.thinks_from:
        blocks = [block for block in blocks if block["type"] not in _THINKING]
    return [_call(block, form.toolset) if block["type"] == "tool_use" else dict(block) for block in blocks]


def _call(block: dict[str, Any], toolset: bool) -> dict[str, Any]:
    """A call in the form of the tools that are offered now: a member of the toolset, or the one old tool."""
    plain = {"type": "tool_use", "id": block["id"]}
    if block.get("toolset_name") == COMPUTER and not toolset:
        return {**plain, "name": COMPUTER, "input": {"action": block["name"], **block["input"]}}
    action = block["input"].get("action")
    if (
        toolset
        and block["name"] == COMPUTER
        and isinstance(action, str)
        and INVALID_JSON not in block["input"]
    ):
        rest = {name: value for name, value in block["input"].items() if name != "action"}
        return {**plain, "name": action, "toolset_name": COMPUTER, "input": rest}
    return dict(block)


def _result(turn: Turn, block: dict[str, Any], form: Form, number: int) -> dict[str, Any]:
    data = turn.results[block["id"]]
    parts = [dict(part) for part in data["content"]]
    if number < form.whole_from:
        parts = [_shortened(part) for part in parts]
    result: dict[str, Any] = {"type": "tool_result", "tool_use_id": block["id"], "content": parts}
    if data["is_error"]:
        result["is_error"] = True
    toolset_name = _call(block, form.toolset).get("toolset_name")
    if toolset_name:
        result["toolset_name"] = toolset_name
    return result


def _shortened(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] == "image":
        return {"type": "text", "text": PRUNED}
    if len(part["text"]) > LONGEST_OLD_TEXT:
        return {"type": "text", "text": f"{part['text'][:LONGEST_OLD_TEXT]}\n[… the rest was cut …]"}
    return part
