"""Asks the person before an action. Everything except a timely yes from a person who is there means no."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.agent.actions import Action
from orchestration.agent.tool_versions import COMPUTER

CLOSED_BROWSER_GRACE_SECONDS = 10.0
CHECK_SECONDS = 0.25
# What a person can be expected to read before a yes: some sixty lines.
LONGEST_APPROVABLE = 5_000

DECLINED = "The person supervising declined this action."
TIMED_OUT = "Nobody approved this action in time, so it was not done."
BROWSER_CLOSED = "Nobody is watching to approve this action, so it was not done."
SCREEN_CHANGED = (
    "The screen changed before this action could be approved, so it was not done. "
    "Take a screenshot and decide again."
)
_REFUSALS = {
    "declined": DECLINED,
    "timeout": TIMED_OUT,
    "browser_closed": BROWSER_CLOSED,
    "screen_changed": SCREEN_CHANGED,
}


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What the person decides on.

    `screen` is the SHA-256 of the screenshot that the action was decided on (None if there is none);
    `input` is the action's input as escaped JSON, so that nothing in it can pass for something else, and at
    most LONGEST_APPROVABLE characters of it; `deadline` is monotonic time.
    """

    id: str
    tool_use_id: str
    title: str
    input: str
    verb: str
    points: tuple[tuple[int, int], ...]
    screen: str | None
    deadline: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is `approved`, `declined`, `timeout`, `browser_closed`, `screen_changed` or `too_long`."""

    approved: bool
    reason: str
    by: str = ""


@dataclass(slots=True)
class _Pending:
    request: ApprovalRequest
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Decision]


class ApprovalDesk:
    """Where the loop asks and the page answers: one request at a time; `decide` from any thread."""

    def __init__(
        self,
        someone_is_there: Callable[[], bool],
        grace_seconds: float = CLOSED_BROWSER_GRACE_SECONDS,
    ) -> None:
        """
        Args:
            someone_is_there: whether the browser of the person who drives is connected.
            grace_seconds: how long it may be away (a reload) before that means no.
        """
        self._someone_is_there = someone_is_there
        self._grace_seconds = grace_seconds
        self._lock = threading.Lock()
        self._pending: _Pending | None = None

    @property
    def pending(self) -> ApprovalRequest | None:
        """The request that waits for a decision, or None."""
        pending = self._pending
        return pending.request if pending else None

    def decide(self, request_id: str, approve: bool, by: str) -> bool:
        """The person's answer. False when that request no longer waits; then the answer counts for "
        "nothing."""
        with self._lock:
            pending = self._pending
            if pending is None or pending.request.id != request_id:
                return False
            self._pending = None
        decision = Decision(approve, "approved" if approve else "declined", by)
        pending.loop.call_soon_threadsafe(_settle, pending.answer, decision)
        return True

    async def ask(self, request: ApprovalRequest) -> Decision:
        """Wait for a decision, the deadline, or the browser being gone for longer than a reload takes."""
        loop = asyncio.get_running_loop()
        pending = _Pending(request, loop, loop.create_future())
        with self._lock:
            self._pending = pending
        away_since: float | None = None
        try:
            while True:
                done, _ = await asyncio.wait({pending.answer}, timeout=CHECK_SECONDS)
                if done:
                    return pending.answer.result()
                now = time.monotonic()
                if now >= request.deadline:
                    return Decision(False, "timeout")
                if self._someone_is_there():
                    away_since = None
                elif away_since is None:
                    away_since = now
                if away_since is not None and now - away_since >= self._grace_seconds:
                    return Decision(False, "browser_closed")
        finally:
            with self._lock:
                if self._pending is pending:
                    self._pending = None


def _settle(answer: asyncio.Future[Decision], decision: Decision) -> None:
    if not answer.done():
        answer.set_result(decision)


def new_request(
    tool_use_id: str,
    action: Action,
    points: tuple[tuple[int, int], ...],
    screen: str | None,
    seconds: float,
) -> ApprovalRequest:
    """The request for one action, which aims at `points`, to be decided within `seconds`."""
    return ApprovalRequest(
        id=secrets.token_hex(8),
        tool_use_id=tool_use_id,
        title=title_of(action, points),
        input=escaped(action),
        verb=action.verb,
        points=points,
        screen=screen,
        deadline=time.monotonic() + seconds,
    )


def escaped(action: Action) -> str:
    """The input as JSON with everything outside printable ASCII escaped."""
    return json.dumps(dict(action.input), indent=2, ensure_ascii=True, sort_keys=True)


def refusal(reason: str, action: Action) -> str:
    """What the model is told when an action was not approved."""
    if reason == "too_long":
        return (
            "This action was not done: a person has to approve it, and its input, written as JSON, has "
            f"{len(escaped(action)):,} characters, of which they are asked to read at most "
            f"{LONGEST_APPROVABLE:,}. Do it in several shorter steps."
        )
    return _REFUSALS[reason]


def title_of(action: Action, points: tuple[tuple[int, int], ...]) -> str:
    """The action in a few words, without any text that the model chose."""
    where = " to ".join(f"({x}, {y})" for x, y in points)
    if action.tool == COMPUTER:
        at = f" at {'the pointer, ' if action.aims_at_pointer else ''}{where}" if where else ""
        keys = f" with {action.input['text']} held" if action.modified else ""
        return f"{action.verb.replace('_', ' ')}{at}{keys}"
    if action.verb in ("bash", "restart"):
        return "run a shell command" if action.verb == "bash" else "restart the shell"
    return f"{action.verb.replace('_', ' ')} a file"
