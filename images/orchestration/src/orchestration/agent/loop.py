"""The agent's loop: ask the model, do what it asks for, until it is done, interrupted, or out of budget.

One call of `run` is one task. Whatever ends it, every tool call has its result in the record, so the
conversation can go on: with another prompt, or by running again without one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from orchestration.agent.answer import Answer, MalformedAnswer, Progress
from orchestration.agent.approval import ApprovalDesk
from orchestration.agent.backoff import BackOff
from orchestration.agent.batch import CUT_OFF, Batch
from orchestration.agent.budget import Budget
from orchestration.agent.conversation import Conversation
from orchestration.agent.desktop import Desktop
from orchestration.agent.exchanges import attempt_number
from orchestration.agent.interruption import Interrupted, Interruption
from orchestration.agent.live import Live
from orchestration.agent.providers import ModelFailure
from orchestration.agent.recovery import recover
from orchestration.agent.request import RequestBuilder, RequestTooLarge
from orchestration.agent.settings import TaskSettings
from orchestration.agent.system_prompt import system_prompt
from orchestration.agent.tool_versions import Fit
from orchestration.record.chain import Event
from orchestration.record.journal import Journal, RecordError

PAUSED_WAITS = (2.0, 5.0, 10.0, 20.0, 30.0)
MALFORMED_ATTEMPTS = 3


class Model(Protocol):
    """What the loop needs of a model; `providers.ModelClient` is the real one."""

    async def ask(self, parameters: Mapping[str, Any], streaming: bool, progress: Progress) -> Answer:
        """One request. Raises ModelFailure."""


MakeModel = Callable[[Fit], AbstractAsyncContextManager[Model]]


@dataclass(frozen=True, slots=True)
class End:
    """How a task ended: `finished`, `stopped`, `budget`, `shutdown`, `model_failed`, `desktop_failed`,
    `too_large`,
    `refused`, `cut_off`; `text` says it to a person."""

    reason: str
    text: str


class Agent:
    """Runs tasks of one conversation. Belongs to one event loop; `interruption` ends the running task."""

    def __init__(
        self,
        journal: Journal,
        conversation: Conversation,
        desktop: Desktop,
        make_model: MakeModel,
        desk: ApprovalDesk,
        live: Live,
        backoff: BackOff | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._journal = journal
        self.conversation = conversation
        self._desktop = desktop
        self._make_model = make_model
        self._desk = desk
        self._live = live
        self._backoff = backoff or BackOff()
        self._today = today
        self._request = RequestBuilder(journal.screens.get)
        self.interruption = Interruption()

    def write(self, kind: str, data: dict[str, Any]) -> Event:
        """Append an event of this conversation and take it in.

        Raises:
            RecordError: it is not on the disk; it is not taken in either.
        """
        event = self._journal.append(kind, data, self.conversation.id)
        self.conversation.apply(event)
        return event

    async def run(self, settings: TaskSettings, prompt: str | None, by: str) -> End:
        """Do one task.

        Args:
            prompt: what the person wants, or None to go on where the conversation stands.
            by: the person, for the record.

        Raises:
            RecordError: the record refused an event. Nothing was sent after that.
            UnknownCombination: before anything is recorded.
        """
        fit = settings.fit()
        recover(self.conversation, self.write)
        self._live.begin()
        started = time.monotonic()
        budget = Budget(settings, fit.model)
        self.write("task_started", {"by": by, "settings": settings.as_data(), "tools": fit.version.name})
        if prompt is not None:
            self.write("prompt", {"text": prompt, "by": by})
        alarm = asyncio.get_running_loop().call_later(
            settings.minutes * 60,
            self.interruption.set,
            "budget",
            f"The {settings.minutes:g} minutes are used up.",
        )
        try:
            end = await self._task(settings, fit, budget)
        except Interrupted as interrupted:
            end = End(interrupted.reason, interrupted.text)
        except RecordError:
            # Nothing more can be written now; the next task, or the next start, closes what is open.
            raise
        except Exception:
            recover(self.conversation, self.write)
            raise
        finally:
            alarm.cancel()
            self._live.end()
        self.write(
            "task_ended",
            {
                "reason": end.reason,
                "text": end.text,
                "usage": asdict(budget.used),
                "cost": budget.cost,
                "seconds": round(time.monotonic() - started, 3),
            },
        )
        return end

    async def _task(self, settings: TaskSettings, fit: Fit, budget: Budget) -> End:
        batch = Batch(
            self._journal, self.write, self._desktop, self._desk, self._live, self.interruption, settings
        )
        look = await batch.look()
        if look.image is None:
            return End("desktop_failed", f"The desktop gave no screenshot. {look.error or ''}".strip())
        width, height = batch.size
        if self.conversation.system is None:
            prompt = system_prompt(self._today(), settings.system_suffix, settings.approval, width, height)
            self.write("conversation_started", {"system": prompt})
        async with self._make_model(fit) as model:
            pauses = 0
            while True:
                self.interruption.check()
                spent = budget.spent()
                if spent is not None:
                    return End("budget", f"Stopped: {spent}.")
                try:
                    answer = await self._ask(model, settings, fit, budget, (width, height))
                except (ModelFailure, RequestTooLarge) as failure:
                    too_large = isinstance(failure, RequestTooLarge)
                    return End("too_large" if too_large else "model_failed", str(failure))
                if not answer.tool_uses:
                    return _end_of(answer)
                if answer.stop_reason == "max_tokens":
                    # Its last call may lack half of its input, and the ones before were meant to go with it.
                    for block in answer.tool_uses:
                        batch.answer(block, [{"type": "text", "text": CUT_OFF}], True, "not_executed")
                    continue
                await batch.run(answer.tool_uses, budget.spent)
                pauses = await self._wait_for_the_person(pauses) if batch.paused else 0

    async def _wait_for_the_person(self, pauses: int) -> int:
        """A person has the mouse: give them time, longer each time the next action finds them still there."""
        seconds = PAUSED_WAITS[min(pauses, len(PAUSED_WAITS) - 1)]
        self._live.set("paused", "a person is using the desktop")
        await self.interruption.sleep(seconds)
        return pauses + 1

    async def _ask(
        self, model: Model, settings: TaskSettings, fit: Fit, budget: Budget, size: tuple[int, int]
    ) -> Answer:
        """One answer, after as many tries as the back-off allows; recorded before anything is done with it.

        Raises:
            ModelFailure: no try succeeded, or trying again is no use.
            RequestTooLarge: the conversation cannot be sent any more.
        """
        prepared = self._request.prepare(self.conversation.messages(), settings.images_kept)
        parameters = self._parameters(settings, fit, budget, size, prepared.messages)
        failures = 0
        while True:
            self._live.set("thinking")
            self.write(
                "request",
                {
                    "model": fit.model_id,
                    "attempt": failures + 1,
                    "messages": len(prepared.messages),
                    "images": prepared.images,
                    "bytes": prepared.bytes,
                },
            )
            started = time.monotonic()
            try:
                attempt_number.set(failures + 1)
                answer = await self.interruption.guard(
                    model.ask(parameters, settings.streaming, self._live.progress)
                )
                self._check(answer)
            except MalformedAnswer as error:
                failure = ModelFailure("malformed", f"The model's answer was malformed: {error}.", True)
            except ModelFailure as error:
                failure = error
            else:
                cost = budget.add(answer.usage)
                self.write(
                    "answer",
                    {
                        "content": self._presentable(answer.content),
                        "stop_reason": answer.stop_reason,
                        "usage": asdict(answer.usage),
                        "cost": cost,
                        "seconds": round(time.monotonic() - started, 3),
                    },
                )
                # As recorded: what was redacted there is not to be done or sent either.
                return Answer(self.conversation.last_content(), answer.stop_reason, answer.usage)
            failures += 1
            limit = MALFORMED_ATTEMPTS if failure.fault == "malformed" else self._backoff.attempts
            again = failure.retryable and failures < limit
            wait = self._backoff.wait(failures, failure.wait) if again else None
            self.write(
                "model_failed",
                {"fault": failure.fault, "text": failure.text, "attempt": failures, "wait": wait},
            )
            if wait is None:
                raise failure
            self._live.set("retrying", f"{failure.text} Next try in {wait:.0f} s.")
            await self.interruption.sleep(wait)

    def _presentable(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without thinking that holds a secret: redacted, its signature would no longer fit."""
        return [
            block
            for block in content
            if block["type"] not in ("thinking", "redacted_thinking")
            or self._journal.redacted(block) == block
        ]

    def _check(self, answer: Answer) -> None:
        for block in answer.tool_uses:
            if self.conversation.has_tool_id(block["id"]):
                raise MalformedAnswer("a tool call repeats the id of an earlier one")

    def _parameters(
        self,
        settings: TaskSettings,
        fit: Fit,
        budget: Budget,
        size: tuple[int, int],
        messages: list[dict[str, Any]],
    ) -> dict[str, Any]:
        system = self.conversation.system or ""
        parameters: dict[str, Any] = {
            "max_tokens": budget.answer_tokens(),
            "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
            "tools": fit.version.tools(*size),
            "messages": messages,
        }
        if fit.version.betas:
            parameters["betas"] = fit.version.betas
        thinking = settings.thinking_parameter(fit)
        if thinking is not None:
            parameters["thinking"] = thinking
            if "budget_tokens" in thinking:
                parameters["max_tokens"] = max(parameters["max_tokens"], thinking["budget_tokens"] + 1024)
        return parameters


def _end_of(answer: Answer) -> End:
    match answer.stop_reason:
        case "refusal":
            return End("refused", "The model declined to go on with this conversation.")
        case "max_tokens":
            return End("cut_off", "The model's answer was cut off at its longest.")
        case "model_context_window_exceeded":
            return End("too_large", "The conversation no longer fits the model: start a new one.")
        case _:
            return End("finished", "")
