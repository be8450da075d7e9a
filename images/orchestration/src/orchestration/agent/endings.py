"""What an answer's stop reason means for the loop. Pure.

Only `tool_use` does anything: a tool call in an answer that ended in another way may lack half of its input,
or was taken back by the model's own safeguards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.agent.answer import Answer

NOT_A_CALL = "Not executed: the answer did not end as a tool call."
CUT_OFF = "Not executed: the answer was cut off before this tool call was complete."
CATEGORIES = {
    "cyber": "it could enable harm to computers",
    "bio": "it could enable biological harm",
    "frontier_llm": "it could help to develop a competing model",
    "reasoning_extraction": "it asks for the model's internal reasoning",
    "general_harms": "it is near something that was found harmful",
}


@dataclass(frozen=True, slots=True)
class End:
    """How a task ended: `finished`, `stopped`, `budget`, `shutdown`, `model_failed`, `desktop_failed`,
    `too_large`, `refused`, `cut_off`, `empty`; `text` says it to a person."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Next:
    """What comes after an answer: `execute` its calls, `go_on` with another request, `nudge` the model, make
    `room` first, or `end`. `unexecuted` is what its tool calls are told when they are not executed.
    """

    step: str
    end: End | None = None
    unexecuted: str = NOT_A_CALL


def after(answer: Answer, nudged: bool, made_room: bool) -> Next:
    """What to do after an answer.

    Args:
        nudged: the model was nudged in this task already.
        made_room: the answer before this one filled the window too.
    """
    called = bool(answer.tool_uses)
    match answer.stop_reason:
        case "tool_use" if called:
            return Next("execute")
        case "refusal":
            return Next("end", End("refused", refusal(answer.refusal)))
        case "model_context_window_exceeded":
            if made_room:
                return Next(
                    "end", End("too_large", "The conversation fills the model's window: start a new one.")
                )
            return Next("room", unexecuted=CUT_OFF)
        case "pause_turn":
            return Next("go_on")
        case "max_tokens":
            if called:
                return Next("go_on", unexecuted=CUT_OFF)
            return Next("end", End("cut_off", "The model's answer was cut off at its longest."))
    if called:
        return Next("go_on")
    if not answer.silent:
        return Next("end", End("finished", ""))
    if nudged:
        return Next("end", End("empty", "The model answered nothing twice: say what it should do next."))
    return Next("nudge")


def refusal(details: dict[str, Any] | None) -> str:
    """A refusal in words, with what the person can do."""
    said = details or {}
    category = said.get("category")
    why = f" ({category}: {CATEGORIES.get(category, 'no further word')})" if isinstance(category, str) else ""
    explanation = said.get("explanation")
    words = f" {' '.join(explanation.split())[:600]}" if isinstance(explanation, str) else ""
    return f"The model declined to go on{why}.{words} Take the last turn out of the conversation and go on."
