"""The conversation as it follows from the record: what the model said, what each of its tool calls came to.

Built from events only, so a restart has exactly what was recorded, and every request can be checked: a tool
call without a result is never sent. The history only grows. What changes how it is sent (other tools, a
summary, screenshots left out) is an event as well, so it changes once and stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration.agent import history
from orchestration.agent.history import Form, Turn, UnansweredToolUse
from orchestration.agent.models import Usage
from orchestration.record.chain import Event

NUDGE = "Please go on. If the task is done, say what came of it."
REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Tools:
    """What the beginning of each request depends on; with another one, earlier thinking counts no more."""

    provider: str
    version: str
    toolset: bool
    width: int
    height: int
    compacts: bool


@dataclass(slots=True)
class Conversation:
    """All turns so far. Images stay `{"type": "image", "screen": SHA-256}` until a request is made.

    `measured` is how many tokens the newest answer and its request had, or None when the next request differs
    too much from that one to tell. `refused` says why the newest answer was a refusal, which is not part of
    the conversation.
    """

    id: str
    system: str | None = None
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    task_open: bool = False
    tools: Tools | None = None
    measured: int | None = None
    refused: dict[str, Any] | None = None
    _turns: list[Turn | str] = field(default_factory=list)
    _tool_ids: set[str] = field(default_factory=set)
    _started: set[str] = field(default_factory=set)
    _thinks_from: int = 0
    _whole_from: int = 0
    _begin: int = 0
    _summary: dict[str, Any] | None = None
    _summary_of: str = ""

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
            case "tools_chosen":
                self._choose(Tools(**data))
            case "prompt":
                self._turns.append(data["text"])
                self.refused = None
            case "nudge":
                self._turns.append(NUDGE)
            case "answer":
                self._answer(data)
            case "action":
                self._started.add(data["tool_use_id"])
            case "result":
                self._turn_of(data["tool_use_id"]).results[data["tool_use_id"]] = data
            case "compacted":
                self._begin, self._summary = data["from"], data["block"]
                self._summary_of = self.tools.provider if self.tools else ""
                self._spend(data)
                self.measured = None
            case "trimmed":
                self._whole_from = data["from"]
                self._forget_thinking()
            case "thinking_left_out":
                self._forget_thinking()
            case "turn_taken_out":
                self._take_out()

    def loses_thinking(self, tools: Tools) -> bool:
        """Whether with these tools the beginning of the requests differs from what it was, so that the
        model's thinking so far counts no more. A summary is sent in another form to a model that makes none.
        """
        if self.tools is None:
            return False
        compared = tools if self._summary is not None else replace(tools, compacts=self.tools.compacts)
        return compared != self.tools

    def _choose(self, tools: Tools) -> None:
        if self.loses_thinking(tools):
            self._forget_thinking()
        self.tools = tools

    def _forget_thinking(self) -> None:
        self._thinks_from = len(self._turns)
        self.measured = None

    def _spend(self, data: dict[str, Any]) -> None:
        self.usage += Usage(**data["usage"])
        self.cost += data["cost"]

    def _answer(self, data: dict[str, Any]) -> None:
        self._spend(data)
        if data["stop_reason"] == REFUSAL:
            self.refused = data.get("refusal") or {}
            return
        self.refused = None
        turn = Turn(data["content"], data["stop_reason"])
        self._turns.append(turn)
        self._tool_ids |= {block["id"] for block in turn.tool_uses}
        self.measured = Usage(**data["usage"]).total

    def _take_out(self) -> None:
        """Without what the model declined: the newest prompts, or else the newest turn."""
        self.refused = None
        self.measured = None
        prompts = 0
        while len(self._turns) > self._begin and isinstance(self._turns[-1], str):
            self._turns.pop()
            prompts += 1
        if not prompts and len(self._turns) > self._begin:
            self._turns.pop()

    @property
    def tail(self) -> int:
        """Where the newest answer stands: everything before it was in a request already."""
        for number in range(len(self._turns) - 1, -1, -1):
            if isinstance(self._turns[number], Turn):
                return number
        return 0

    @property
    def can_be_summarized(self) -> bool:
        """Whether anything stands between the present beginning and the newest answer."""
        return self.tail > self._begin

    @property
    def can_be_trimmed(self) -> bool:
        """Whether anything before the newest answer is still sent whole."""
        return self.tail > max(self._whole_from, self._begin)

    def _turn_of(self, tool_use_id: str) -> Turn:
        for turn in reversed(self._turns):
            if isinstance(turn, Turn) and any(block["id"] == tool_use_id for block in turn.tool_uses):
                return turn
        raise UnansweredToolUse(f"the result {tool_use_id} answers no tool call")

    def last_content(self) -> list[dict[str, Any]]:
        """The newest answer's blocks as the record has them."""
        turn = self._turns[self.tail] if self._turns else None
        if not isinstance(turn, Turn):
            raise UnansweredToolUse("there is no answer")
        return turn.content

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
        """Whether the model has something to answer: a prompt, results of its tool calls, its own pause."""
        if not self._turns:
            return False
        last = self._turns[-1]
        return isinstance(last, str) or bool(last.tool_uses) or last.stop_reason == "pause_turn"

    def messages(self, before_newest: bool = False) -> list[dict[str, Any]]:
        """The request's messages, images still by name.

        Args:
            before_newest: those of the request that the newest answer answered, for a summary.

        Raises:
            UnansweredToolUse: a tool call has no result.
        """
        if self.unanswered:
            raise UnansweredToolUse(f"{len(self.unanswered)} tool calls have no result")
        return history.messages(self._turns, self._form(), self.tail if before_newest else None)

    def newest_messages(self) -> list[dict[str, Any]]:
        """What came after the newest answer: results and prompts that no request had yet."""
        if not self._turns:
            return []
        form = self._form()
        tail = Form(form.toolset, form.thinks_from, form.whole_from, max(self.tail, self._begin))
        return [message for message in history.messages(self._turns, tail) if message["role"] == "user"]

    def _form(self) -> Form:
        tools = self.tools
        toolset = tools is not None and tools.toolset
        signed = tools is not None and tools.compacts and tools.provider == self._summary_of
        return Form(toolset, self._thinks_from, self._whole_from, self._begin, self._summary, signed)
