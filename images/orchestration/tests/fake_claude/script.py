"""What the fake model answers: one step per turn, chosen by how many answers the request already holds.

So the same script serves any number of conversations, restarts and retries. A step's faults are used up one
per request before the step itself is answered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAULTS = (
    "status",
    "cut",
    "ended_early",
    "slow",
    "silent",
    "error_event",
    "garbage",
    "not_json",
    "empty",
    "no_stop_reason",
    "double_id",
    "unknown_block",
    "instead",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    `kind` is one of `FAULTS`: `status` answers with `status` and maybe a `retry-after` header; `cut` drops
    the connection after `after` events, `ended_early` ends the body there properly; `slow` waits `seconds`
    before each event, `silent` waits before the rest of the stream; `error_event` sends an overload inside
    the stream; `garbage` sends an event that is no JSON; `not_json` answers a page of HTML; `empty`
    nothing; `instead` sends another step, once; the others send a message that makes no sense. `text` and
    `error_type` are what an error says.
    """

    kind: str
    status: int = 500
    retry_after: str | None = None
    after: int = 4
    seconds: float = 0.0
    text: str = "as scripted"
    error_type: str | None = None
    step: Step | None = None

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"unknown fault {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Step:
    """One answer: its content blocks and why it stops.

    A tool_use block may have `raw_input`, sent in place of its input as text that need not be JSON.
    `seconds` passes before each of the stream's events. `details` is the answer's `stop_details`.
    """

    content: Sequence[dict[str, Any]]
    stop_reason: str = "end_turn"
    faults: Sequence[Fault] = ()
    seconds: float = 0.0
    details: dict[str, Any] | None = None


def text(words: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": words}


def thinking(words: str) -> dict[str, Any]:
    """A thinking block; the server signs it."""
    return {"type": "thinking", "thinking": words, "signature": ""}


def instead(*content: dict[str, Any], stop: str, details: dict[str, Any] | None = None) -> Fault:
    """Another answer, given once before the step itself."""
    return Fault("instead", step=Step(content, stop, details=details))


def member(identifier: str, name: str, **fields: Any) -> dict[str, Any]:
    """A call of a member of the computer toolset."""
    return {"type": "tool_use", "id": identifier, "name": name, "input": fields, "toolset_name": "computer"}


def tool(identifier: str, name: str, **fields: Any) -> dict[str, Any]:
    """A call of a tool."""
    return {"type": "tool_use", "id": identifier, "name": name, "input": fields}


def calls(*blocks: dict[str, Any], faults: Sequence[Fault] = (), seconds: float = 0.0) -> Step:
    """A step that asks for tools."""
    return Step(blocks, "tool_use", faults, seconds)


def says(words: str, faults: Sequence[Fault] = (), seconds: float = 0.0) -> Step:
    """A step that ends the task with a text."""
    return Step((text(words),), "end_turn", faults, seconds)


@dataclass(slots=True)
class Script:
    """Steps and how many faults of each were used up."""

    steps: Sequence[Step]
    _used: dict[int, int] = field(default_factory=dict)

    def next(self, answers: int) -> tuple[Step, Fault | None]:
        """The step for a request that holds so many answers, and the fault that hits it, if one does. Past
        the end the last step is repeated.
        """
        number = min(answers, len(self.steps) - 1)
        step = self.steps[number]
        used = self._used.get(number, 0)
        self._used[number] = used + 1
        return step, step.faults[used] if used < len(step.faults) else None

    @staticmethod
    def from_file(path: Path) -> Script:
        """A JSON list of steps: `{"content": [...], "stop_reason": "tool_use", "seconds": 0.1}`."""
        steps = []
        for entry in json.loads(path.read_text()):
            faults = [Fault(**fault) for fault in entry.pop("faults", ())]
            steps.append(Step(faults=faults, **entry))
        return Script(steps)
