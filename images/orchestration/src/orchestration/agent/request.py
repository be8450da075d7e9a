"""Makes the request out of the conversation: old screenshots pruned in batches, cache marks set, size
capped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LARGEST_REQUEST = 11_000_000
SMALLEST_BATCH = 5
LONGEST_OLD_TEXT = 2_000
PRUNED = "[An older screenshot was removed here.]"
LOST = "[This screenshot is no longer available.]"
ENCODED_KEPT = 64

Place = tuple[int, int, int]


class RequestTooLarge(RuntimeError):
    """Even without old screenshots and outputs the request is above the limit."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Messages ready to send: `images` screenshots, `bytes` as JSON."""

    messages: list[dict[str, Any]]
    images: int
    bytes: int


def pruned_count(total: int, kept: int) -> int:
    """How many of the oldest of `total` screenshots are left out.

    Grows in whole batches (as many as are kept, at least 5): between two batches the request's beginning
    stays the same byte for byte, so the API's cache of it stays good.
    """
    batch = max(SMALLEST_BATCH, kept)
    return max(0, (total - kept) // batch * batch)


class RequestBuilder:
    """Prepares requests from the conversation's messages.

    Args:
        images: the PNG with a SHA-256, or None when it is gone.
        largest: bytes that the messages may have as JSON (Bedrock refuses from about 13 MB).
    """

    def __init__(self, images: Callable[[str], bytes | None], largest: int = LARGEST_REQUEST) -> None:
        self._largest = largest

        @lru_cache(maxsize=ENCODED_KEPT)
        def encoded(digest: str) -> str | None:
            image = images(digest)
            return None if image is None else base64.b64encode(image).decode("ascii")

        self._encoded = encoded

    def prepare(self, messages: list[dict[str, Any]], images_kept: int) -> Prepared:
        """Messages for the API: at least the newest `images_kept` screenshots, unless the size forbids it.

        Raises:
            RequestTooLarge: nothing more can be left out.
        """
        places = _image_places(messages)
        removed = pruned_count(len(places), images_kept)
        batch = max(SMALLEST_BATCH, images_kept)
        cut_texts = False
        while True:
            built = self._build(messages, set(places[:removed]), cut_texts)
            size = _size(built)
            if size <= self._largest:
                _mark_for_caching(built)
                return Prepared(built, len(places) - removed, size)
            if removed < len(places) - 1:
                removed = min(len(places) - 1, removed + batch)
            elif not cut_texts:
                cut_texts = True
            else:
                raise RequestTooLarge(
                    f"The conversation has {size:,} bytes and at most {self._largest:,} can be sent: "
                    "start a new one."
                )

    def _build(
        self, messages: list[dict[str, Any]], gone: set[Place], cut_texts: bool
    ) -> list[dict[str, Any]]:
        built = []
        for m, message in enumerate(messages):
            blocks = []
            for b, block in enumerate(message["content"]):
                if block["type"] != "tool_result":
                    blocks.append(dict(block))
                    continue
                cut = cut_texts and m < len(messages) - 1
                parts = [
                    _text(PRUNED) if (m, b, p) in gone else self._part(part, cut)
                    for p, part in enumerate(block["content"])
                ]
                blocks.append({**block, "content": parts})
            built.append({"role": message["role"], "content": blocks})
        return built

    def _part(self, part: dict[str, Any], cut: bool) -> dict[str, Any]:
        if part["type"] == "image":
            data = self._encoded(part["screen"])
            if data is None:
                return _text(LOST)
            return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
        if cut and len(part["text"]) > LONGEST_OLD_TEXT:
            return _text(f"{part['text'][:LONGEST_OLD_TEXT]}\n[… the rest was cut …]")
        return dict(part)


def _size(messages: list[dict[str, Any]]) -> int:
    """Bytes as JSON. Screenshots, which are nearly all of it, are measured without being written out."""
    images = 0

    def short(part: dict[str, Any]) -> dict[str, Any]:
        nonlocal images
        if part["type"] != "image":
            return part
        images += len(part["source"]["data"])
        return {**part, "source": {**part["source"], "data": ""}}

    without = [
        {
            **message,
            "content": [
                {**block, "content": [short(part) for part in block["content"]]}
                if block["type"] == "tool_result"
                else block
                for block in message["content"]
            ],
        }
        for message in messages
    ]
    return images + len(json.dumps(without, separators=(",", ":")))


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _image_places(messages: list[dict[str, Any]]) -> list[Place]:
    """(message, block, part) of every screenshot, oldest first."""
    return [
        (m, b, p)
        for m, message in enumerate(messages)
        if message["role"] == "user"
        for b, block in enumerate(message["content"])
        if block["type"] == "tool_result"
        for p, part in enumerate(block["content"])
        if part["type"] == "image"
    ]


def _mark_for_caching(messages: list[dict[str, Any]]) -> None:
    """Cache up to the newest message, and up to the one before it, which the last request already wrote."""
    users = [message for message in messages if message["role"] == "user"]
    for message in users[-2:]:
        message["content"][-1]["cache_control"] = {"type": "ephemeral"}
