"""Makes the request out of the conversation's messages: images put in, cache marks set, sizes measured."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LOST = "[This screenshot is no longer available.]"
ENCODED_KEPT = 64
PIXELS_PER_TOKEN = 750
# Fewer than real text has, so that an estimate is rather too high than too low.
CHARACTERS_PER_TOKEN = 3.0


class RequestTooLarge(RuntimeError):
    """Whatever is left out, the conversation does not fit into a request any more."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Messages ready to send: `images` screenshots, `bytes` as JSON, `tokens` as an estimate that is rather
    too high; `uses` counts the tool calls, `uses_by_image` how many of them stood before each screenshot.
    """

    messages: list[dict[str, Any]]
    images: int
    bytes: int
    tokens: int
    uses_by_image: tuple[int, ...]
    uses: int

    @property
    def has_summary(self) -> bool:
        """Whether the messages begin with a summary that the API signed."""
        first = self.messages[0]["content"][0] if self.messages else {}
        return bool(first.get("type") == "compaction")


class RequestBuilder:
    """Prepares requests from the conversation's messages.

    Args:
        images: the PNG with a SHA-256, or None when it is gone.
    """

    def __init__(self, images: Callable[[str], bytes | None]) -> None:
        @lru_cache(maxsize=ENCODED_KEPT)
        def encoded(digest: str) -> tuple[str, int] | None:
            image = images(digest)
            return None if image is None else (base64.b64encode(image).decode("ascii"), _image_tokens(image))

        self._encoded = encoded

    def prepare(self, messages: list[dict[str, Any]]) -> Prepared:
        """Messages for the API, every screenshot in its place."""
        built = []
        uses = size = tokens = 0
        by_image: list[int] = []
        for message in messages:
            blocks = []
            for block in message["content"]:
                if block["type"] == "tool_result":
                    uses += 1
                    parts = []
                    for part in block["content"]:
                        made, cost = self._part(part)
                        if made["type"] == "image":
                            by_image.append(uses)
                            size += len(made["source"]["data"])
                            tokens += cost
                        parts.append(made)
                    blocks.append({**block, "content": parts})
                else:
                    blocks.append(dict(block))
            built.append({"role": message["role"], "content": blocks})
        written = len(json.dumps(messages, separators=(",", ":")))
        _mark_for_caching(built)
        tokens += int(written / CHARACTERS_PER_TOKEN)
        return Prepared(built, len(by_image), size + written, tokens, tuple(by_image), uses)

    def _part(self, part: dict[str, Any]) -> tuple[dict[str, Any], int]:
        if part["type"] != "image":
            return dict(part), 0
        encoded = self._encoded(part["screen"])
        if encoded is None:
            return {"type": "text", "text": LOST}, 0
        data, tokens = encoded
        source = {"type": "base64", "media_type": "image/png", "data": data}
        return {"type": "image", "source": source}, tokens


def _image_tokens(image: bytes) -> int:
    width, height = struct.unpack(">II", image[16:24]) if len(image) >= 24 else (0, 0)
    return int(width * height / PIXELS_PER_TOKEN)


def _mark_for_caching(messages: list[dict[str, Any]]) -> None:
    """Cache up to the newest message, and up to the one before it, which the last request already wrote."""
    users = [message for message in messages if message["role"] == "user"]
    for message in users[-2:]:
        message["content"][-1]["cache_control"] = {"type": "ephemeral"}
