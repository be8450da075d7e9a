"""Closes what a sudden end of the process, or a fault in it, left open, so that the conversation is valid
again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.agent.conversation import Conversation
from orchestration.record.chain import Event

INTERRUPTED = (
    "The console was interrupted while this action was under way; whether it took effect is unknown. "
    "Take a screenshot."
)
NOT_EXECUTED = "Not executed: the console was interrupted."


def recover(conversation: Conversation, write: Callable[[str, dict[str, Any]], Event]) -> None:
    """Give every open tool call its result, and an open task its end.

    Args:
        write: appends an event of the conversation to the record and applies it.
    """
    for block in conversation.unanswered:
        started = conversation.was_started(block["id"])
        data: dict[str, Any] = {
            "tool_use_id": block["id"],
            "content": [{"type": "text", "text": INTERRUPTED if started else NOT_EXECUTED}],
            "is_error": True,
            "outcome": "unknown" if started else "not_executed",
        }
        if block.get("toolset_name"):
            data["toolset_name"] = block["toolset_name"]
        write("result", data)
    if conversation.task_open:
        write("task_ended", {"reason": "restart", "text": "The console was interrupted during this task."})
