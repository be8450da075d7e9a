"""A loop with everything real but the model (a fake over HTTP) and the desktop (a stand-in over HTTP)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anthropic.types.beta import BetaMessageParam
from pydantic import TypeAdapter

from fake_claude.script import Script, Step
from fake_claude.server import FakeClaude
from orchestration.agent.approval import ApprovalDesk
from orchestration.agent.backoff import BackOff
from orchestration.agent.conversation import Conversation
from orchestration.agent.describe import Descriptions
from orchestration.agent.desktop import Desktop
from orchestration.agent.endings import End
from orchestration.agent.exchanges import ExchangeLog
from orchestration.agent.live import Live
from orchestration.agent.loop import Agent
from orchestration.agent.models import Model
from orchestration.agent.providers import Credentials, ModelClient, describing
from orchestration.agent.request import RequestBuilder
from orchestration.agent.settings import TaskSettings
from orchestration.agent.tool_versions import Fit
from orchestration.record.chain import Event
from orchestration.record.journal import Journal
from orchestration.record.redaction import Redactor
from orchestration.record.verify import verify
from stand_in_desktop import TOKEN, StandInDesktop

API_KEY = "sk-ant-test-0123456789abcdefghij"
SETTINGS = TaskSettings("anthropic", "claude-sonnet-5-5", approval="auto")
QUICK = BackOff(attempts=7, first=0.01, longest=0.05)
_MESSAGES: TypeAdapter[list[BetaMessageParam]] = TypeAdapter(list[BetaMessageParam])


@dataclass(slots=True)
class Rig:
    """One conversation. `someone` says whether the person's browser is there."""

    folder: Path
    claude: FakeClaude
    desktop: StandInDesktop
    conversation: str = "c1"
    backoff: BackOff = QUICK
    silence_seconds: float = 5.0
    answer_seconds: float = 5.0
    grace_seconds: float = 0.5
    someone: bool = True
    redactor: Redactor = field(default_factory=lambda: Redactor({"API key": API_KEY, "control token": TOKEN}))
    published: list[Event] = field(default_factory=list)
    log: ExchangeLog = field(init=False)
    live: Live = field(default_factory=Live)
    said: Descriptions = field(default_factory=Descriptions)
    credentials: Credentials = field(default_factory=lambda: Credentials(API_KEY))
    desk: ApprovalDesk = field(init=False)
    journal: Journal = field(init=False)
    agent: Agent | None = None

    def __post_init__(self) -> None:
        self.log = ExchangeLog(self.redactor)
        self.desk = ApprovalDesk(lambda: self.someone, self.grace_seconds)
        self.journal = Journal(self.folder, self.redactor, self._publish)

    def _publish(self, event: Event, record: str) -> None:
        self.published.append(event)

    def move_to(self, folder: Path) -> None:
        """Use another record from now on."""
        self.folder = folder
        self.reopen()

    def reopen(self) -> None:
        """Start as after a restart of the process: read everything from the record."""
        self.journal.close()
        self.agent = None
        self.journal = Journal(self.folder, self.redactor, self._publish)

    async def run(self, prompt: str | None, settings: TaskSettings = SETTINGS, **changes: Any) -> End:
        """Run one task to its end, in the conversation that is read from the record."""
        conversation = Conversation.from_events(self.conversation, self.journal.events())
        return await self.run_on(conversation, prompt, replace(settings, **changes))

    async def run_on(self, conversation: Conversation, prompt: str | None, settings: TaskSettings) -> End:
        """Run one task in the given conversation."""
        async with Desktop(self.desktop.url, TOKEN, self.log, self.answer_seconds) as desktop:
            self.agent = Agent(
                self.journal,
                conversation,
                desktop,
                self._model,
                self.desk,
                self.live,
                self.backoff,
                self._describe,
            )
            return await self.agent.run(settings, prompt, "tester")

    def _model(self, fit: Fit) -> ModelClient:
        return ModelClient(fit, self.credentials, self.log, self.silence_seconds)

    async def _describe(self, settings: TaskSettings) -> Model | None:
        return await describing(settings.provider, settings.model, self.credentials, self.log, self.said)

    def events(self, kind: str) -> list[Event]:
        """The record's events of a kind."""
        return [event for event in self.journal.events() if event.kind == kind]

    def results(self) -> dict[str, dict[str, Any]]:
        """The tool results by the id of their tool_use block."""
        return {event.data["tool_use_id"]: event.data for event in self.events("result")}

    def check(self) -> list[dict[str, Any]]:
        """The conversation, after checking that it is valid by the SDK's types and the fake's rules, and
        that the
        record is whole. To be called after every fault."""
        verdict = verify(self.folder)
        assert verdict.problems == [], verdict.problems
        assert self.claude.refused == [], self.claude.refused
        conversation = Conversation.from_events(self.conversation, self.journal.events())
        assert conversation.unanswered == []
        messages = RequestBuilder(self.journal.screens.get).prepare(conversation.messages()).messages
        _MESSAGES.validate_python(messages, strict=False)
        return messages


def fake(*steps: Step) -> FakeClaude:
    """A fake model with a script, not yet serving."""
    return FakeClaude(Script(list(steps)), API_KEY)


async def until(condition: Any, seconds: float = 10.0) -> None:
    """Wait for something that happens in another thread or task; fails when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def texts(result: dict[str, Any]) -> str:
    """All text of a result."""
    return "\n".join(part["text"] for part in result["content"] if part["type"] == "text")
