"""The conversation as it follows from the record: what the model said, what each of its tool calls came to.

Built from events only, so a restart has exactly what was recorded, and every request can be checked: a tool
call without a result is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from orchestration.agent.models import Usage
from orchestration.record.chain import Event

ANSWERED_KINDS = frozenset({"prompt", "answer", "result"})


class UnansweredToolUse(RuntimeError):
    """A request would have been sent with a tool call that has no result."""


@dataclass(slots=True)
class Turn:
    """One answer of the model with the results that followed and what the person said before it."""

    content: list[dict[str, Any]]
    results: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def tool_uses(self) -> list[dict[str, Any]]:
        return [block for block in self.content if block.get("type") == "tool_use"]

    @property
    def unanswered(self) -> list[dict[str, Any]]:
        return [block for block in self.tool_uses if block["id"] not in self.results]


@dataclass(slots=True)
class Conversation:
    """All turns so far. Images stay `{"type": "image", "screen": SHA-256}` until a request is made."""

    id: str
    system: str | None = None
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    task_open: bool = False
    _turns: list[Turn | str] = field(default_factory=list)
    _tool_ids: set[str] = field(default_factory=set)
    _started: set[str] = field(default_factory=set)

    @staticmethod
    def from_events(identifier: str, events: Iterable[Event]) -> Conversation:
        """Replay the events of one conversation; others are passed over."""
        conversation = Conversation(identifier)
        for event in events:
            if event.conversation == identifier:
                conversation.apply(event)
        return conversation

    def apply(self, event: Event) -> None:
        """Take one event of this conversation in."""
        data = event.data
        match event.kind:
            case "conversation_started":
                self.system = data["system"]
            case "task_started":
                self.task_open = True
            case "task_ended":
                self.task_open = False
            case "prompt":
                self._turns.append(data["text"])
            case "answer":
                self._turns.append(Turn(data["content"]))
                self._tool_ids |= {block["id"] for block in self._last_turn().tool_uses}
                self.usage += Usage(**data["usage"])
                self.cost += data["cost"]
            case "action":
                self._started.add(data["tool_use_id"])
            case "result":
                self._turn_of(data["tool_use_id"]).results[data["tool_use_id"]] = data

    def _last_turn(self) -> Turn:
        turn = next((turn for turn in reversed(self._turns) if isinstance(turn, Turn)), None)
        if turn is None:
            raise UnansweredToolUse("a result without an answer")
        return turn

    def _turn_of(self, tool_use_id: str) -> Turn:
        for turn in reversed(self._turns):
            if isinstance(turn, Turn) and any(block["id"] == tool_use_id for block in turn.tool_uses):
                return turn
        raise UnansweredToolUse(f"the result {tool_use_id} answers no tool call")

    def last_content(self) -> list[dict[str, Any]]:
        """The newest answer's blocks as the record has them."""
        return self._last_turn().content

    @property
    def unanswered(self) -> list[dict[str, Any]]:
        """Tool calls without a result, in order; after a sudden end of the process there may be some."""
        return [block for turn in self._turns if isinstance(turn, Turn) for block in turn.unanswered]

    def was_started(self, tool_use_id: str) -> bool:
        """Whether the record says that the action was about to be sent."""
        return tool_use_id in self._started

    def has_tool_id(self, tool_use_id: str) -> bool:
        """Whether an earlier tool call had that id."""
        return tool_use_id in self._tool_ids

    @property
    def awaits_model(self) -> bool:
        """Whether the model has something to answer: a prompt, or results of its tool calls."""
        if not self._turns:
            return False
        last = self._turns[-1]
        return isinstance(last, str) or bool(last.tool_uses)

    def messages(self) -> list[dict[str, Any]]:
        """The request's messages, images still by name.

        Raises:
            UnansweredToolUse: a tool call has no result.
        """
        if self.unanswered:
            raise UnansweredToolUse(f"{len(self.unanswered)} tool calls have no result")
        messages: list[dict[str, Any]] = []
        pending: list[dict[str, Any]] = []
        for turn in self._turns:
            if isinstance(turn, str):
                pending.append({"type": "text", "text": turn})
                continue
            if turn.content:
                messages.append({"role": "user", "content": pending})
                messages.append({"role": "assistant", "content": list(turn.content)})
                # Results first: the API wants them before anything else the person says.
                pending = [_tool_result(turn.results[block["id"]]) for block in turn.tool_uses]
        if pending:
            messages.append({"role": "user", "content": pending})
        return _without_empty(messages)


def _without_empty(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two answers without anything between them (a task continued after its end) become one."""
    merged: list[dict[str, Any]] = []
    for message in messages:
        if not message["content"]:
            continue
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1] = {"role": message["role"], "content": merged[-1]["content"] + message["content"]}
        else:
            merged.append(message)
    return merged


def _tool_result(data: dict[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": data["tool_use_id"],
        "content": [dict(part) for part in data["content"]],
    }
    if data["is_error"]:
        block["is_error"] = True
    if data.get("toolset_name"):
        block["toolset_name"] = data["toolset_name"]
    return block
