"""Does the tool calls of one answer, in order, and gives each of them exactly one result.

For every call: check the input, ask where the mode says so, record that it is about to be sent, send it,
record what came of it. A computer action that fails, a declined one, an interruption or a spent budget
stops the rest, and the rest is answered too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestration.agent.actions import Action, InvalidInput, parse
from orchestration.agent.answer import INVALID_JSON
from orchestration.agent.approval import (
    LONGEST_APPROVABLE,
    ApprovalDesk,
    Decision,
    escaped,
    new_request,
    refusal,
)
from orchestration.agent.consequence import Consequence
from orchestration.agent.desktop import Desktop, Outcome
from orchestration.agent.interruption import Interrupted, Interruption
from orchestration.agent.live import Live
from orchestration.agent.picture import compare, picture_size
from orchestration.agent.settings import TaskSettings
from orchestration.agent.sites import approved_by_site, is_typing
from orchestration.agent.tool_versions import COMPUTER
from orchestration.record.chain import Event
from orchestration.record.journal import Journal

LONGEST_OUTPUT = 16_000
EARLIER_FAILED = "Not executed: an earlier computer action in this turn failed."
EARLIER_DECLINED = "Not executed: an earlier action in this turn was not approved."
NOT_EXECUTED_STOPPED = "Not executed: the person stopped the task."
NOT_EXECUTED_BUDGET = "Not executed: the task's budget is used up."
NOT_EXECUTED_SHUTDOWN = "Not executed: the console is being shut down."
INTERRUPTED = "The action was interrupted; whether it took effect is unknown. Take a screenshot."
UNSETTLED = "The screen was still changing when this screenshot was taken."
POINTER_UNKNOWN = (
    "Not executed: the pointer's place could not be read. Take a screenshot, and name a coordinate where the "
    "action takes one."
)
UNCHANGED = "The screen looks exactly as in the last screenshot."
BY_REASON = {
    "stopped": NOT_EXECUTED_STOPPED,
    "budget": NOT_EXECUTED_BUDGET,
    "shutdown": NOT_EXECUTED_SHUTDOWN,
}

Points = tuple[tuple[int, int], ...]
Write = Callable[[str, dict[str, Any]], Event]


@dataclass(slots=True)
class Screen:
    """The newest screenshot that the model has seen, or the person would be shown."""

    digest: str
    image: bytes
    width: int
    height: int


class Batch:
    """Does tool calls for one task. `write` appends an event of the task's conversation to the record.

    Nothing is sent after an event could not be written: the RecordError goes up and ends the task.
    """

    def __init__(
        self,
        journal: Journal,
        write: Write,
        desktop: Desktop,
        desk: ApprovalDesk,
        live: Live,
        interruption: Interruption,
        settings: TaskSettings,
    ) -> None:
        self._journal = journal
        self._write = write
        self._desktop = desktop
        self._desk = desk
        self._live = live
        self._interruption = interruption
        self._settings = settings
        self._consequence = Consequence()
        self._screen: Screen | None = None
        self._decided_on: Screen | None = None
        self.paused = False

    async def look(self) -> Outcome:
        """Take the screenshot that a task starts from; it tells the size of the screen."""
        outcome = await self._interruption.guard(self._desktop.screenshot())
        if outcome.image is not None:
            self._see(outcome.image)
        return outcome

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the screen in pixels; `look` must have succeeded."""
        assert self._screen is not None
        return self._screen.width, self._screen.height

    async def run(self, tool_uses: list[dict[str, Any]], spent: Callable[[], str | None]) -> None:
        """Answer every one of `tool_uses`.

        Args:
            spent: says that the budget is used up, or None.

        Raises:
            RecordError: the record refused an event; nothing further was sent.
        """
        self.paused = False
        halted: str | None = None
        self._decided_on = self._screen
        last_on_screen = self._last_on_screen(tool_uses)
        for number, block in enumerate(tool_uses):
            cause = self._interruption.cause
            if cause is not None:
                halted = BY_REASON[cause.reason]
            elif halted is None and spent() is not None:
                halted = NOT_EXECUTED_BUDGET
            if halted is not None:
                self.answer(block, [_text(halted)], is_error=True, outcome="not_executed")
                continue
            halted = await self._one(block, number, attach=number == last_on_screen)

    def _last_on_screen(self, tool_uses: list[dict[str, Any]]) -> int | None:
        """Which call gets a screenshot of its own: the last computer call, if it acts rather than looks."""
        for number in range(len(tool_uses) - 1, -1, -1):
            block = tool_uses[number]
            if block.get("toolset_name") == COMPUTER or block["name"] == COMPUTER:
                try:
                    return number if self._parse(block).on_screen else None
                except InvalidInput:
                    return None
        return None

    def _parse(self, block: dict[str, Any]) -> Action:
        if INVALID_JSON in block["input"]:
            raise InvalidInput("The input was not valid JSON.")
        width, height = self.size
        return parse(block["name"], block.get("toolset_name"), block["input"], width, height)

    async def _one(self, block: dict[str, Any], number: int, attach: bool) -> str | None:
        """Do one call; returns the phrase for the rest of the batch when it has to stop here."""
        computer = block.get("toolset_name") == COMPUTER or block["name"] == COMPUTER
        try:
            action = self._parse(block)
        except InvalidInput as error:
            self.answer(block, [_text(str(error))], is_error=True, outcome="invalid")
            return EARLIER_FAILED if computer else None
        try:
            points = await self._points(action)
            if points is None:
                self.answer(block, [_text(POINTER_UNKNOWN)], is_error=True, outcome="not_executed")
                return EARLIER_FAILED
            newest = await self._judged_screen(action)
            site = await self._site(action)
            if self._asks(action, points, newest, site):
                decision = await self._ask(block, action, points, first=number == 0)
                if not decision.approved:
                    told = refusal(decision.reason, action)
                    self.answer(block, [_text(told)], is_error=True, outcome=decision.reason)
                    return EARLIER_DECLINED
        except Interrupted as interrupted:
            self.answer(block, [_text(BY_REASON[interrupted.reason])], is_error=True, outcome="not_executed")
            return BY_REASON[interrupted.reason]
        self._live.set("acting", f"{action.tool}: {action.verb}")
        self._write(
            "action",
            {
                "tool_use_id": block["id"],
                "tool": action.tool,
                "input": dict(action.input),
                "place": number,
                **({"screen": newest.digest} if newest else {}),
                **({"site": site} if site else {}),
            },
        )
        try:
            outcome = await self._interruption.guard(self._do(action, attach))
        except Interrupted as interrupted:
            self._consequence.done(action, succeeded=False)
            self.answer(block, [_text(INTERRUPTED)], is_error=True, outcome="interrupted")
            return BY_REASON[interrupted.reason]
        self._record(block, action, outcome)
        return EARLIER_FAILED if computer and outcome.failed else None

    async def _do(self, action: Action, attach: bool) -> Outcome:
        outcome = await self._desktop.execute(action, picture=attach)
        if not attach or outcome.failed or outcome.image is not None:
            return outcome
        after = await self._desktop.screenshot()
        if after.image is None:
            return outcome
        return Outcome(outcome.output, None, after.image, after.settled, outcome.elapsed_ms)

    async def _points(self, action: Action) -> Points | None:
        """The pixels that an action aims at: its own, or where the pointer is; None when that is not known.

        In automatic mode nobody looks at them.
        """
        if not action.aims_at_pointer or self._settings.approval == "auto":
            return action.points
        place = await self._interruption.guard(self._desktop.pointer())
        return None if place is None else (place,)

    async def _site(self, action: Action) -> str | None:
        """The site that would get what is typed, where approvals are bound to one."""
        if not self._settings.typing_sites or not is_typing(action):
            return None
        return await self._interruption.guard(self._desktop.focused_site())

    def _asks(self, action: Action, points: Points, newest: Screen | None, site: str | None) -> bool:
        """Whether the person has to approve an action."""
        mode, sites = self._settings.approval, self._settings.typing_sites
        if mode != "each" and sites and is_typing(action):
            return not approved_by_site(action, site, sites)
        return self._consequence.needs_approval(mode, action, newest.image if newest else None, points)

    async def _judged_screen(self, action: Action) -> Screen | None:
        """The newest screen, where it decides whether an action has to be approved."""
        if not self._consequence.judges_screen(self._settings.approval, action):
            return None
        return await self._fresh()

    async def _ask(self, block: dict[str, Any], action: Action, points: Points, first: bool) -> Decision:
        """Ask the person, showing the screenshot that the action was decided on, and look again before a
        yes counts.

        The first action of an answer was decided on the model's last screenshot. A later one follows what the
        earlier ones did, so it is shown on the screen as they left it.
        """
        if len(escaped(action)) > LONGEST_APPROVABLE:
            return Decision(False, "too_long")
        base = self._decided_on if first else (await self._fresh() or self._decided_on)
        request = new_request(
            block["id"], action, points, base.digest if base else None, self._settings.approval_seconds
        )
        self._live.set("asking", request.title)
        self._write(
            "approval_asked",
            {
                "tool_use_id": block["id"],
                "request": request.id,
                "title": request.title,
                "input": escaped(action),
                "points": [list(point) for point in points],
                **({"screen": base.digest} if base else {}),
            },
        )
        decision = await self._interruption.guard(self._desk.ask(request))
        details: dict[str, Any] = {}
        if decision.approved and action.on_screen:
            decision, details = await self._still_the_same(decision, base, action, points)
        self._write(
            "approval",
            {
                "tool_use_id": block["id"],
                "request": request.id,
                "approved": decision.approved,
                "reason": decision.reason,
                "by": decision.by,
                **details,
            },
        )
        return decision

    async def _still_the_same(
        self, decision: Decision, base: Screen | None, action: Action, points: Points
    ) -> tuple[Decision, dict[str, Any]]:
        now = await self._fresh()
        if base is None or now is None:
            return Decision(False, "screen_changed", decision.by), {}
        change = compare(base.image, now.image, points)
        details = {"changed_pixels": change.pixels, "changed_near_target": change.near, "screen": now.digest}
        if change.noticeable or await self._points(action) != points:
            return Decision(False, "screen_changed", decision.by), details
        self._consequence.approved(action, now.image)
        return decision, details

    async def _fresh(self) -> Screen | None:
        outcome = await self._interruption.guard(self._desktop.screenshot())
        if outcome.image is None:
            return None
        width, height = picture_size(outcome.image)
        return Screen(self._journal.put_screen(outcome.image), outcome.image, width, height)

    def _record(self, block: dict[str, Any], action: Action, outcome: Outcome) -> None:
        before = self._screen
        content: list[dict[str, Any]] = []
        text = _clipped("\n".join(part for part in (outcome.output, outcome.error) if part))
        if text:
            content.append(_text(text))
        if outcome.image is not None and action.verb == "zoom":
            content.append({"type": "image", "screen": self._journal.put_screen(outcome.image)})
        elif outcome.image is not None:
            screen = self._see(outcome.image)
            if outcome.settled is False:
                content.append(_text(UNSETTLED))
            if action.on_screen and before is not None and before.digest == screen.digest:
                content.append(_text(UNCHANGED))
            else:
                content.append({"type": "image", "screen": screen.digest})
        if outcome.failed:
            # The API takes only text in an error.
            content = [part for part in content if part["type"] == "text"] or [_text("The action failed.")]
        self.paused = self.paused or outcome.paused
        self._consequence.done(action, succeeded=not outcome.failed)
        if outcome.paused:
            self._consequence.forget()
        self.answer(
            block,
            content or [_text("Done.")],
            is_error=outcome.failed,
            outcome="paused" if outcome.paused else outcome.fault or ("failed" if outcome.failed else "done"),
            details={
                "settled": outcome.settled,
                "elapsed_ms": outcome.elapsed_ms,
                **({"detail": outcome.detail} if outcome.detail else {}),
            },
        )

    def _see(self, image: bytes) -> Screen:
        width, height = picture_size(image)
        self._screen = Screen(self._journal.put_screen(image), image, width, height)
        return self._screen

    def answer(
        self,
        block: dict[str, Any],
        content: list[dict[str, Any]],
        is_error: bool,
        outcome: str,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Record the one result of a tool call."""
        data: dict[str, Any] = {
            "tool_use_id": block["id"],
            "content": content,
            "is_error": is_error,
            "outcome": outcome,
            **(details or {}),
        }
        if block.get("toolset_name"):
            data["toolset_name"] = block["toolset_name"]
        self._write("result", data)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _clipped(text: str) -> str:
    if len(text) <= LONGEST_OUTPUT:
        return text
    half = LONGEST_OUTPUT // 2
    left_out = len(text) - LONGEST_OUTPUT
    return f"{text[:half]}\n[… {left_out:,} characters were left out here …]\n{text[-half:]}"
