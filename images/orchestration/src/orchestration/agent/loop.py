"""The agent's loop: ask the model, do what it asks for, until it is done, interrupted, or out of budget.

One call of `run` is one task. Whatever ends it, every tool call has its result in the record, so the
conversation can go on: with another prompt, or by running again without one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import date
from typing import Any

from orchestration.agent import endings, model_table, models
from orchestration.agent.approval import ApprovalDesk
from orchestration.agent.asking import Asker, Model
from orchestration.agent.backoff import BackOff
from orchestration.agent.batch import Batch
from orchestration.agent.budget import Budget
from orchestration.agent.conversation import Conversation, Tools
from orchestration.agent.desktop import Desktop
from orchestration.agent.endings import End
from orchestration.agent.failures import ModelFailure
from orchestration.agent.interruption import Interrupted, Interruption
from orchestration.agent.live import Live
from orchestration.agent.recovery import recover
from orchestration.agent.request import RequestBuilder, RequestTooLarge
from orchestration.agent.settings import TaskSettings
from orchestration.agent.system_prompt import system_prompt
from orchestration.agent.tool_versions import Fit
from orchestration.record.chain import Event
from orchestration.record.journal import Journal, RecordError

PAUSED_WAITS = (2.0, 5.0, 10.0, 20.0, 30.0)
# Answers in a row that do nothing; a model that pauses or is cut off for ever is not waited for.
MOST_IDLE_ANSWERS = 5

MakeModel = Callable[[Fit], AbstractAsyncContextManager[Model]]
Describe = Callable[[TaskSettings], Coroutine[Any, Any, models.Model | None]]


async def undescribed(settings: TaskSettings) -> models.Model | None:
    """For a provider that cannot be asked what a model is."""
    return None


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
        describe: Describe = undescribed,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._journal = journal
        self.conversation = conversation
        self._desktop = desktop
        self._make_model = make_model
        self._desk = desk
        self._live = live
        self._backoff = backoff or BackOff()
        self._describe = describe
        self._today = today
        self._requests = RequestBuilder(journal.screens.get)
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
            end = await self._task(settings, budget)
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

    async def _task(self, settings: TaskSettings, budget: Budget) -> End:
        try:
            fit = settings.fit(await self.interruption.guard(self._describe(settings)))
        except ModelFailure as failed:
            return End("model_failed", failed.text)
        budget.model = fit.model
        self._tell(fit.model)
        batch = Batch(
            self._journal, self.write, self._desktop, self._desk, self._live, self.interruption, settings
        )
        look = await batch.look()
        if look.image is None:
            return End("desktop_failed", f"The desktop gave no screenshot. {look.error or ''}".strip())
        self._choose_tools(fit, batch.size)
        if self.conversation.system is None:
            prompt = system_prompt(self._today(), settings.system_suffix, settings.approval, *batch.size)
            self.write("conversation_started", {"system": prompt})
        try:
            async with self._make_model(fit) as model:
                asker = Asker(
                    self._journal,
                    self.conversation,
                    self.write,
                    self._live,
                    self.interruption,
                    self._backoff,
                    self._requests,
                    model,
                    settings,
                    fit,
                    budget,
                    batch.size,
                )
                return await self._turns(asker, batch, budget)
        except ModelFailure as failed:
            return End("model_failed", self._journal.redacted(failed.text))
        except RequestTooLarge as full:
            return End("too_large", str(full))

    async def _turns(self, asker: Asker, batch: Batch, budget: Budget) -> End:
        pauses = idle = 0
        nudged = made_room = False
        while True:
            self.interruption.check()
            spent = budget.spent()
            if spent is not None:
                return End("budget", f"Stopped: {spent}.")
            answer = await asker.next_answer()
            then = endings.after(answer, nudged, made_room)
            if then.step == "execute":
                idle, made_room = 0, False
                await batch.run(answer.tool_uses, budget.spent)
                pauses = await self._wait_for_the_person(pauses) if batch.paused else 0
                continue
            if answer.stop_reason != "refusal":
                for block in answer.tool_uses:
                    parts = [{"type": "text", "text": then.unexecuted}]
                    batch.answer(block, parts, is_error=True, outcome="not_executed")
            if then.end is not None:
                return then.end
            idle += 1
            if idle > MOST_IDLE_ANSWERS:
                return End("cut_off", f"The model's last {idle} answers led to nothing.")
            if then.step == "nudge":
                nudged = True
                self.write("nudge", {})
            made_room = then.step == "room"
            if made_room:
                await asker.make_room()
                # The answer that filled the window stands there unfinished; the API wants a word after it.
                self.write("nudge", {})

    def _tell(self, model: models.Model) -> None:
        """What a person should know of the model before it costs anything."""
        if model.note:
            self.write("notice", {"text": model.note})
        if not model.priced:
            dearest = model_table.DEAREST
            text = (
                f"The price of {model.id} is not known: the budget counts the dearest price that there is, "
                f"${dearest.input:g} in and ${dearest.output:g} out for a million tokens."
            )
            self.write("notice", {"text": text})

    def _choose_tools(self, fit: Fit, size: tuple[int, int]) -> None:
        version = fit.version
        tools = Tools(fit.provider, version.name, version.toolset, *size, compacts=fit.model.compacts)
        if tools == self.conversation.tools:
            return
        if self.conversation.loses_thinking(tools):
            text = "Provider, tools or screen changed: the model's thinking so far is left out from here on."
            self.write("notice", {"text": text})
        self.write("tools_chosen", asdict(tools))

    async def _wait_for_the_person(self, pauses: int) -> int:
        """A person has the mouse: give them time, longer each time the next action finds them still there."""
        seconds = PAUSED_WAITS[min(pauses, len(PAUSED_WAITS) - 1)]
        self._live.set("paused", "a person is using the desktop")
        await self.interruption.sleep(seconds)
        return pauses + 1
