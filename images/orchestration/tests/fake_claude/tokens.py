"""How many tokens a request has, and how many of them a cache holds: estimates, the same for everyone who
is compared.

Text counts 3.5 characters a token, an image its pixels divided by 750. The cache works like the API's: a
marked block's prefix is kept; the longest kept prefix within 20 blocks before a mark is read; what lies
between that and the last mark is written; fewer than 1,024 tokens are not cached.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

CHARACTERS_PER_TOKEN = 3.5
PIXELS_PER_TOKEN = 750
SMALLEST_CACHED = 1024
LOOK_BACK = 20


def block_tokens(block: dict[str, Any]) -> int:
    """Tokens of one content block, images inside tool results included."""
    if block.get("type") == "image":
        header = base64.b64decode(block["source"]["data"][:64])
        width, height = struct.unpack(">II", header[16:24])
        return int(width * height / PIXELS_PER_TOKEN)
    if block.get("type") == "tool_result" and isinstance(block.get("content"), list):
        return 8 + sum(block_tokens(part) for part in block["content"])
    plain = {name: value for name, value in block.items() if name not in ("cache_control", "signature")}
    return max(1, int(len(json.dumps(plain)) / CHARACTERS_PER_TOKEN))


def tool_tokens(body: dict[str, Any]) -> int:
    """Tokens of what comes before the messages: tools and system prompt."""
    system = body.get("system") or []
    blocks = [{"type": "text", "text": system}] if isinstance(system, str) else system
    return sum(block_tokens(block) for block in [*body.get("tools", []), *blocks])


def request_tokens(body: dict[str, Any]) -> int:
    """Tokens of a whole request."""
    return sum(block_tokens(block) for block in _flat(body))


class PromptCache:
    """Counts a request's tokens and remembers its marked prefixes."""

    def __init__(self) -> None:
        self._kept: set[bytes] = set()

    def count(self, body: dict[str, Any]) -> dict[str, int]:
        """The `usage` fields of the request's side."""
        blocks = _flat(body)
        sizes = [block_tokens(block) for block in blocks]
        prefixes = _prefixes(blocks)
        marks = [number for number, block in enumerate(blocks) if "cache_control" in block]
        read = 0
        for mark in reversed(marks):
            for number in range(mark, max(-1, mark - LOOK_BACK), -1):
                if prefixes[number] in self._kept:
                    read = max(read, sum(sizes[: number + 1]))
                    break
        written = 0
        if marks and sum(sizes[: marks[-1] + 1]) >= SMALLEST_CACHED:
            written = sum(sizes[: marks[-1] + 1]) - read
            self._kept |= {prefixes[mark] for mark in marks}
        return {
            "input_tokens": sum(sizes) - read - written,
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
        }


def _flat(body: dict[str, Any]) -> list[dict[str, Any]]:
    system = body.get("system") or []
    blocks: list[dict[str, Any]] = [dict(tool) for tool in body.get("tools", [])]
    blocks += [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body["messages"]:
        content = message["content"]
        blocks += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return blocks


def _prefixes(blocks: list[dict[str, Any]]) -> list[bytes]:
    running = hashlib.sha256()
    prefixes = []
    for block in blocks:
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        running.update(json.dumps(plain, sort_keys=True).encode())
        prefixes.append(running.digest())
    return prefixes
