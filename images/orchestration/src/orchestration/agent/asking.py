"""Gets the model's next answer: room first, then as many tries as are of use, all of it in the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from orchestration.agent import context
from orchestration.agent.answer import Answer, MalformedAnswer, Progress
from orchestration.agent.backoff import BackOff
from orchestration.agent.budget import Budget
from orchestration.agent.context import Room
from orchestration.agent.conversation import Conversation
from orchestration.agent.exchanges import attempt_number
from orchestration.agent.failures import ModelFailure, failure
from orchestration.agent.interruption import Interruption
from orchestration.agent.live import Live
from orchestration.agent.request import Prepared, RequestBuilder, RequestTooLarge
from orchestration.agent.settings import TaskSettings
from orchestration.agent.tool_versions import Fit
from orchestration.record.chain import Event
from orchestration.record.journal import Journal

MALFORMED_ATTEMPTS = 3
# Each step frees more than the one before, so more rounds would free nothing.
ROUNDS_FOR_ROOM = 3
FULL = (
    "The conversation no longer fits the model, and nothing more can be left out: start a new conversation. "
    "This one stays in the record."
)


class Model(Protocol):
    """What the loop needs of a model; `providers.ModelClient` is the real one."""

    async def ask(self, parameters: Mapping[str, Any], streaming: bool, progress: Progress) -> Answer:
        """One request. Raises ModelFailure."""


@dataclass(slots=True)
class Asker:
    """Asks one model for one task. `write` appends an event of the conversation to the record."""

    journal: Journal
    conversation: Conversation
    write: Callable[[str, dict[str, Any]], Event]
    live: Live
    interruption: Interruption
    backoff: BackOff
    requests: RequestBuilder
    model: Model
    settings: TaskSettings
    fit: Fit
    budget: Budget
    size: tuple[int, int]
    _summaries_fail: bool = field(default=False, init=False)

    async def next_answer(self) -> Answer:
        """One answer, recorded before anything is done with it.

        Raises:
            ModelFailure: no try succeeded, or trying again is no use.
            RequestTooLarge: the conversation cannot be sent any more.
        """
        try:
            answer, seconds = await self._send(await self._with_room())
        except ModelFailure as error:
            if error.kind != "bound":
                raise
            # An older record, or another program's: the thinking is of no use here.
            self.write("thinking_left_out", {"why": "the API refused it"})
            answer, seconds = await self._send(await self._with_room())
        data = self._spent(answer, seconds)
        data |= {"content": self._presentable(answer.content), "stop_reason": answer.stop_reason}
        if answer.refusal is not None:
            data["refusal"] = answer.refusal
        counts = {"dropped_thinking": answer.dropped, "cleared_tool_calls": answer.cleared}
        self.write("answer", data | {name: count for name, count in counts.items() if count})
        if len(data["content"]) < len(answer.content):
            # A gap in the chain of thinking makes what follows it count no more.
            self.write("thinking_left_out", {"why": "it held a secret"})
        if answer.stop_reason == "refusal":
            return answer
        # As recorded: what was redacted there is not to be done or sent either.
        return Answer(self.conversation.last_content(), answer.stop_reason, answer.charges)

    async def make_room(self) -> None:
        """Leave out what can be left out, whatever the estimate says: the API has said that it is full."""
        if not await self._summarize():
            self._trim()

    async def _with_room(self) -> dict[str, Any]:
        for _ in range(ROUNDS_FOR_ROOM):
            prepared = self.requests.prepare(self.conversation.messages())
            can_summarize = self.fit.model.compacts and not self._summaries_fail
            match context.room(
                self.fit.provider,
                self.fit.model,
                prepared,
                self._measured(),
                can_summarize and self.conversation.can_be_summarized,
                self.conversation.can_be_trimmed,
            ):
                case Room.ENOUGH:
                    return self._parameters(prepared)
                case Room.SUMMARIZE:
                    if not await self._summarize():
                        self._trim()
                case Room.TRIM:
                    self._trim()
                case Room.NONE:
                    raise RequestTooLarge(FULL)
        raise RequestTooLarge(FULL)

    def _measured(self) -> int | None:
        known = self.conversation.measured
        if known is None:
            return None
        return known + self.requests.prepare(self.conversation.newest_messages()).tokens

    async def _summarize(self) -> bool:
        """Have the API summarize what lies before the newest answer; whether it did.

        The request that the newest answer answered is sent again as it was, so the thinking of that answer
        stays good behind the summary.
        """
        if not (self.fit.model.compacts and self.conversation.can_be_summarized) or self._summaries_fail:
            return False
        self.live.set("thinking", "summarizing the conversation")
        prepared = self.requests.prepare(self.conversation.messages(before_newest=True))
        parameters = self._parameters(prepared, summarize=True)
        try:
            answer, seconds = await self._send(parameters, streaming=False)
        except ModelFailure as error:
            self._summaries_fail = True
            self.write("not_compacted", {"text": error.text})
            return False
        block = answer.content[0] if answer.stop_reason == "compaction" and answer.content else None
        data = self._spent(answer, seconds)
        if block is None or block.get("type") != "compaction" or self.journal.redacted(block) != block:
            self._summaries_fail = True
            self.write("not_compacted", {**data, "text": f"no summary came ({answer.stop_reason})"})
            return False
        self.write("compacted", {**data, "block": block, "from": self.conversation.tail})
        return True

    def _trim(self) -> None:
        if self.conversation.can_be_trimmed:
            self.write("trimmed", {"from": self.conversation.tail})

    def _spent(self, answer: Answer, seconds: float) -> dict[str, Any]:
        cost = self.budget.add(answer.charges)
        return {"usage": asdict(answer.usage), "cost": cost, "seconds": round(seconds, 3)}

    async def _send(self, parameters: dict[str, Any], streaming: bool | None = None) -> tuple[Answer, float]:
        """An answer that makes sense, and the seconds that it took. Malformed answers are counted apart from
        other failures: an overloaded server says nothing about what it will answer.
        """
        failures = {"malformed": 0, "other": 0}
        while True:
            self.live.set("thinking")
            attempt = sum(failures.values()) + 1
            sent = {"model": self.fit.model_id, "attempt": attempt, "messages": len(parameters["messages"])}
            self.write("request", sent)
            started = time.monotonic()
            try:
                attempt_number.set(attempt)
                answer = await self.interruption.guard(
                    self.model.ask(
                        parameters,
                        self.settings.streaming if streaming is None else streaming,
                        self.live.progress,
                    )
                )
                self._check(answer)
                return answer, time.monotonic() - started
            except MalformedAnswer as error:
                failed = failure("malformed", f"The model's answer was malformed: {error}.", True)
            except ModelFailure as error:
                failed = error
            kind = "malformed" if failed.kind == "malformed" else "other"
            failures[kind] += 1
            limit = MALFORMED_ATTEMPTS if kind == "malformed" else self.backoff.attempts
            again = failed.retryable and failures[kind] < limit
            wait = self.backoff.wait(failures[kind], failed.wait) if again else None
            text = self.journal.redacted(failed.text)
            self.write(
                "model_failed", {"fault": failed.fault, "text": text, "attempt": attempt, "wait": wait}
            )
            if wait is None:
                raise failed
            self.live.set("retrying", f"{text} Next try in {wait:.0f} s.")
            await self.interruption.sleep(wait)

    def _presentable(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without thinking that holds a secret: redacted, its signature would no longer fit."""
        return [
            block
            for block in content
            if block["type"] not in ("thinking", "redacted_thinking") or self.journal.redacted(block) == block
        ]

    def _check(self, answer: Answer) -> None:
        for block in answer.tool_uses:
            if self.conversation.has_tool_id(block["id"]):
                raise MalformedAnswer("a tool call repeats the id of an earlier one")

    def _parameters(self, prepared: Prepared, summarize: bool = False) -> dict[str, Any]:
        fit, model = self.fit, self.fit.model
        system = self.conversation.system or ""
        betas = list(fit.version.betas)
        parameters: dict[str, Any] = {
            "max_tokens": context.SUMMARY_TOKENS if summarize else self.budget.answer_tokens(),
            "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
            "tools": fit.version.tools(*self.size),
            "messages": prepared.messages,
        }
        thinking = self.settings.thinking_parameter(fit)
        if thinking is not None:
            parameters["thinking"] = thinking
            if "budget_tokens" in thinking:
                parameters["max_tokens"] = max(parameters["max_tokens"], thinking["budget_tokens"] + 1024)
            if "block_binding" in thinking:
                betas.append(context.BINDING_BETA)
        if self.settings.effort is not None:
            parameters["output_config"] = {"effort": self.settings.effort}
        if summarize:
            parameters["compaction"] = {"type": "summarize"}
        else:
            managed = context.management(model, prepared, self.settings.images_kept)
            if managed is not None:
                parameters["context_management"] = managed
                betas.append(context.CLEARING_BETA)
            if self.settings.fallback and model.falls_back and fit.provider == "anthropic":
                parameters["fallbacks"] = "default"
                betas.append(context.FALLBACK_BETA)
        if summarize or prepared.has_summary:
            betas.append(context.COMPACTION_BETA)
        if betas:
            parameters["betas"] = betas
        return parameters
