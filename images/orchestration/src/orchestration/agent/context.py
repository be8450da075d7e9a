"""How a conversation stays inside the model's window and the largest request, and at what cost. Pure.

Three means, in this order. Old tool results are cleared on the server, in batches, which costs nothing but
what the cache then writes anew. When the window or the request is nearly full, the API summarizes what lies
before the newest answer. Where it cannot, old screenshots and outputs are left out of what is sent, once and
for good, and with them the thinking that was bound to them. When nothing is left to leave out, the person is
told before the request would fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from orchestration.agent.models import Model
from orchestration.agent.request import Prepared

# The Claude API takes 32 MB; Bedrock has been seen to fail from 13 MB.
LARGEST_REQUEST: Mapping[str, int] = {"anthropic": 30_000_000, "bedrock": 11_000_000}
# Pictures in one request: 600, and 100 for models with a window of 200,000 tokens.
MOST_IMAGES = 600
MOST_IMAGES_OF_SMALL = 100
SMALL_WINDOW = 200_000
NEARLY_FULL = 0.9
NEARLY_FULL_WINDOW = 0.8
# Smaller batches cost more for writing the cache anew than they save in reading it (bench/bench.py).
SMALLEST_BATCH = 10
CLEARING_BETA = "context-management-2025-06-27"
COMPACTION_BETA = "compact-2026-09-04"
BINDING_BETA = "thinking-binding-controls-2026-08-01"
FALLBACK_BETA = "server-side-fallback-2026-07-01"
SUMMARY_TOKENS = 8_192


class Room(Enum):
    """What has to be done before a request can be sent."""

    ENOUGH = "enough"
    SUMMARIZE = "summarize"
    TRIM = "trim"
    NONE = "none"


def room(
    provider: str,
    model: Model,
    prepared: Prepared,
    measured: int | None,
    can_summarize: bool,
    can_trim: bool,
) -> Room:
    """Whether a request fits, and what to do where it does not.

    Args:
        measured: tokens that the API counted up to the newest answer, with an estimate of what came after;
            None when it counted nothing that compares.
        can_summarize: the API can summarize, and there is something before the newest answer.
        can_trim: something before the newest answer is still sent whole.
    """
    tokens = max(prepared.tokens, measured or 0)
    most_images = MOST_IMAGES_OF_SMALL if model.window <= SMALL_WINDOW else MOST_IMAGES
    largest = LARGEST_REQUEST[provider]
    full = max(tokens / model.window, prepared.images / most_images, prepared.bytes / largest)
    nearly = tokens > NEARLY_FULL_WINDOW * model.window
    nearly = nearly or max(prepared.images / most_images, prepared.bytes / largest) > NEARLY_FULL
    if not nearly:
        return Room.ENOUGH
    if can_summarize:
        return Room.SUMMARIZE
    if can_trim:
        return Room.TRIM
    return Room.NONE if full > 1 else Room.ENOUGH


def kept_uses(prepared: Prepared, images_kept: int) -> int | None:
    """How many of the newest tool calls keep their results, so that at least `images_kept` screenshots stay;
    None when all do.

    The number of screenshots cleared grows in whole batches (as many as are kept, at least 10): between two
    batches the request's beginning stays the same, so the API's cache of it stays good.
    """
    batch = max(SMALLEST_BATCH, images_kept)
    cleared = max(0, (prepared.images - images_kept) // batch * batch)
    return prepared.uses - prepared.uses_by_image[cleared - 1] if cleared else None


def management(model: Model, prepared: Prepared, images_kept: int) -> dict[str, Any] | None:
    """The request's `context_management`, or None to send none.

    Thinking is kept whole: clearing it would break the cache at each turn, and the tool results are what is
    large. `clear_thinking` has to stand first.
    """
    keep = kept_uses(prepared, images_kept)
    if not model.clears or keep is None or keep < 1:
        return None
    return {
        "edits": [
            {"type": "clear_thinking_20251015", "keep": "all"},
            {
                "type": "clear_tool_uses_20250919",
                "trigger": {"type": "tool_uses", "value": keep},
                "keep": {"type": "tool_uses", "value": keep},
            },
        ]
    }
