"""What a request holds: history that only grows, room made in time, old results cleared in batches."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from orchestration.agent import context, model_table
from orchestration.agent.context import Room
from orchestration.agent.request import LOST, Prepared, RequestBuilder


def _png() -> bytes:
    target = io.BytesIO()
    Image.effect_noise((300, 200), 40).save(target, "PNG")
    return target.getvalue()


IMAGE = _png()
MODEL = model_table.find("claude-sonnet-5-5")
assert MODEL is not None
OLDER = model_table.find("claude-haiku-4-5")
assert OLDER is not None


def conversation(turns: int, text: str = "ok") -> list[dict[str, Any]]:
    """A prompt, then as many answers with one screenshot each."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": "Go."}]}]
    for number in range(turns):
        call = {"type": "tool_use", "id": f"t{number}", "name": "computer", "input": {"action": "screenshot"}}
        parts = [{"type": "text", "text": text}, {"type": "image", "screen": f"{number:064d}"}]
        result = {"type": "tool_result", "tool_use_id": f"t{number}", "content": parts}
        messages += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    return messages


def prepared(turns: int, text: str = "ok") -> Prepared:
    return RequestBuilder(lambda digest: IMAGE).prepare(conversation(turns, text))


def unmarked(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for message in messages:
        for block in message["content"]:
            block.pop("cache_control", None)
    return messages


def test_a_longer_request_begins_with_the_shorter_one_byte_for_byte() -> None:
    before: list[dict[str, Any]] = []
    for turns in range(1, 31):
        messages = unmarked(prepared(turns).messages)
        assert messages[: len(before)] == before
        before = messages


def test_old_results_are_cleared_in_batches_so_that_the_cache_stays_good() -> None:
    assert MODEL is not None
    cleared = []
    for turns in range(21):
        keep = context.kept_uses(prepared(turns), 5)
        cleared.append(0 if keep is None else turns - keep)
    assert cleared == [0] * 15 + [10] * 6
    assert context.management(MODEL, prepared(14), 5) is None
    managed = context.management(MODEL, prepared(17), 5)
    assert managed is not None
    thinking, uses = managed["edits"]
    assert thinking == {"type": "clear_thinking_20251015", "keep": "all"}
    assert uses["keep"] == {"type": "tool_uses", "value": 7}


def test_a_model_without_context_editing_is_not_asked_to_clear() -> None:
    assert context.management(model_table.unknown("x"), prepared(20), 5) is None


def rooms(**changes: Any) -> Room:
    assert MODEL is not None
    given: dict[str, Any] = {
        "provider": "anthropic",
        "model": MODEL,
        "prepared": prepared(1),
        "measured": None,
        "can_summarize": True,
        "can_trim": True,
    }
    return context.room(**(given | changes))


def test_a_small_request_needs_no_room() -> None:
    assert rooms() is Room.ENOUGH


@pytest.mark.parametrize(
    "full",
    [
        {"measured": 810_000},
        {"prepared": replace(prepared(1), bytes=27_500_000)},
        {"prepared": replace(prepared(1), tokens=810_000)},
        {"prepared": replace(prepared(1), images=550)},
        {"provider": "bedrock", "prepared": replace(prepared(1), bytes=10_000_000)},
        {"model": OLDER, "measured": 165_000},
        {"model": OLDER, "prepared": replace(prepared(1), images=95)},
    ],
    ids=[
        "tokens counted",
        "bytes",
        "tokens estimated",
        "pictures",
        "Bedrock's bytes",
        "small",
        "few pictures",
    ],
)
def test_room_is_made_before_window_request_or_pictures_are_full(full: dict[str, Any]) -> None:
    assert rooms(**full) is Room.SUMMARIZE
    assert rooms(**full, can_summarize=False) is Room.TRIM
    # A request that is nearly too large can still be sent, so it is sent.
    assert rooms(**full, can_summarize=False, can_trim=False) is Room.ENOUGH


def test_what_cannot_be_made_to_fit_is_not_sent() -> None:
    assert rooms(measured=1_000_001, can_summarize=False, can_trim=False) is Room.NONE


def test_the_model_is_told_about_a_lost_screenshot() -> None:
    assert LOST in str(RequestBuilder(lambda digest: None).prepare(conversation(1)).messages)


def test_the_cache_marks_are_on_the_two_newest_messages_of_the_user() -> None:
    messages = prepared(4).messages
    marked = [number for number, message in enumerate(messages) if "cache_control" in message["content"][-1]]
    assert marked == [6, 8]


def test_sizes_are_not_underestimated() -> None:
    one = prepared(1)
    assert one.images == 1 and one.uses == 1 and one.uses_by_image == (1,)
    assert one.bytes > len(IMAGE) * 4 / 3
    assert one.tokens >= 300 * 200 // 750
