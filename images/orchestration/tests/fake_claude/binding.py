"""Thinking blocks are tied to what came before them, as on the real API.

Source: "Prefix checks on thinking blocks" and "Compaction and preserved thinking" on platform.claude.com, and
the SDK's `BetaThinkingBlockBindingParam`, `BetaThinkingDroppedInputTransformation`. A block's prefix is the
`system` prompt, the `tools` and every message before it; cache marks and earlier thinking are no part of it.
Each block also knows the thinking block before it, so a gap is noticed; taking blocks away from the start is
allowed. Accounts made after August 2026 get a 400, which is what this fake is. A signed `compaction` block
carries the state of the prefix that it replaces.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from fake_claude import catalogue

BOUND = (
    "Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the "
    'block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
)
THINKING = ("thinking", "redacted_thinking")


class BadSignature(ValueError):
    """A signature that this fake never gave; the text is the path of its block."""


@dataclass(slots=True)
class Walk:
    """What a pass over a request's messages found.

    `state` stands for everything before the answer that follows, `last` for the newest thinking block;
    `broken` are the paths of blocks whose prefix changed, `unreadable` of those of other models.
    """

    state: str
    last: str = ""
    role: str = ""
    broken: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    answers: int = 0


def signed(content: list[dict[str, Any]], model: str, walk: Walk) -> list[dict[str, Any]]:
    """An answer's blocks with the signatures that they get where `walk` ended."""
    blocks = []
    for block in content:
        if block["type"] == "thinking":
            identifier = _hash(f"{walk.state}{walk.last}{block['thinking']}")
            said = {"model": model, "state": walk.state, "before": walk.last, "id": identifier}
            walk.last = identifier
            blocks.append({**block, "signature": _pack(said)})
        else:
            _pass(walk, "assistant", block)
            blocks.append(block)
    return blocks


def seal(walk: Walk, summary: str) -> str:
    """The signature of a compaction block with a summary of all that `walk` passed."""
    said = {"state": walk.state, "last": walk.last, "role": walk.role, "answers": walk.answers}
    return _pack({**said, "summary": _hash(summary)})


def opened(block: dict[str, Any]) -> dict[str, Any] | None:
    """What a compaction block's signature says, or None when the fake did not make it so."""
    try:
        said = _unpack(block.get("signature") or "")
    except ValueError:
        return None
    return said if said.get("summary") == _hash(block.get("content") or "") else None


def walk(body: dict[str, Any], model: str) -> Walk:
    """Pass over a request's messages.

    Raises:
        BadSignature: a thinking block was never made here.
    """
    system = body.get("system") or ""
    system = system if isinstance(system, str) else [_plain(block) for block in system]
    found = Walk(_hash(json.dumps([system, body.get("tools") or []], sort_keys=True)))
    for m, message in enumerate(body["messages"]):
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if message["role"] == "assistant":
            found.answers += 1
        for b, block in enumerate(blocks):
            if block["type"] == "compaction":
                said = opened(block) or {}
                found.state, found.last = said.get("state", ""), said.get("last", "")
                found.answers = said.get("answers", 0)
                found.role = said.get("role", "")
            elif block["type"] in THINKING:
                _thinking(found, block, f"messages.{m}.content.{b}", model)
            else:
                _pass(found, message["role"], block)
    return found


def _pass(found: Walk, role: str, block: dict[str, Any]) -> None:
    # Messages of the same role that follow each other count as one.
    if role != found.role:
        found.role = role
        found.state = _hash(found.state + role)
    found.state = _hash(found.state + json.dumps(_plain(block), sort_keys=True))


def _thinking(found: Walk, block: dict[str, Any], path: str, model: str) -> None:
    try:
        said = _unpack(block.get("signature") or block.get("data") or "")
    except ValueError:
        raise BadSignature(path) from None
    served = catalogue.find(model)
    if said["model"] != model and (served is None or said["model"] not in served.reads):
        # The API drops such a block without an error, and the chain goes on without it.
        found.unreadable.append(path)
        found.last = said["id"]
        return
    whole = said["state"] == found.state and (found.last in ("", said["before"]))
    if found.broken or not whole:
        found.broken.append(path)
    found.last = said["id"]


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "cache_control"}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _pack(said: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(said).encode()).decode()


def _unpack(packed: str) -> dict[str, Any]:
    said = json.loads(base64.b64decode(packed, validate=True))
    if not isinstance(said, dict):
        raise ValueError
    return said
