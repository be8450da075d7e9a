"""Everything a page may ask for. Checks who asks; knows nothing of Streamlit.

The state that matters is in the record and comes back from it at a start: the conversation, the settings.
Kept in memory only: sessions, who drives, the API key that a person entered.
"""

from __future__ import annotations

import re
import secrets
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from orchestration.agent.approval import ApprovalDesk, ApprovalRequest
from orchestration.agent.conversation import Conversation
from orchestration.agent.describe import Descriptions
from orchestration.agent.desktop import Desktop
from orchestration.agent.endings import End
from orchestration.agent.exchanges import ExchangeLog
from orchestration.agent.live import Live, Moment
from orchestration.agent.loop import Agent
from orchestration.agent.models import PROVIDER_LABELS, Model
from orchestration.agent.providers import Credentials, ModelClient, describing
from orchestration.agent.recovery import recover
from orchestration.agent.settings import BadSettings, TaskSettings
from orchestration.agent.tool_versions import Fit, UnknownCombination
from orchestration.configuration import Configuration
from orchestration.console.driver import Driver
from orchestration.console.worker import Worker
from orchestration.gateway.sessions import Session, Sessions
from orchestration.incidents import report
from orchestration.record.chain import Event
from orchestration.record.journal import Journal, RecordError
from orchestration.record.redaction import Redactor

NOTICE_VERSION = 2
LONGEST_PROMPT = 100_000
SHUTDOWN_SECONDS = 4.0


class Refused(Exception):
    """The request cannot be granted; the text says why to the person."""


class Console:
    """The one console of the process. Safe to use from any thread."""

    def __init__(self, configuration: Configuration, redactor: Redactor, journal: Journal) -> None:
        self.configuration = configuration
        self.redactor = redactor
        self.journal = journal
        self.exchanges = ExchangeLog(redactor)
        self.live = Live()
        self.sessions = Sessions(configuration.session_idle_minutes * 60, self._session_ended)
        self.driver = Driver(self.sessions.get, self.sessions.away_seconds, self._driver_changed)
        self.desk = ApprovalDesk(lambda: self.driver.present)
        self._worker = Worker()
        self._lock = threading.RLock()
        self._api_key = configuration.anthropic_api_key
        self._said = Descriptions()
        self._agent: Agent | None = None
        self._running: Future[End] | None = None
        self._trouble = ""
        self._events: list[Event] = []
        self.settings = self._default_settings()
        self.conversation = Conversation("")
        self._restore()
        journal.listen(self._keep)

    # State for the pages

    @property
    def moment(self) -> Moment:
        """What the agent does now."""
        return self.live.moment

    @property
    def running(self) -> bool:
        """Whether a task runs."""
        return self._running is not None and not self._running.done()

    @property
    def trouble(self) -> str:
        """What went wrong outside the conversation, for the page; empty when nothing did."""
        return self._trouble

    @property
    def events(self) -> list[Event]:
        """The events of the conversation that is open, oldest first."""
        return self._events

    @property
    def approval(self) -> ApprovalRequest | None:
        """The action that waits for a decision."""
        return self.desk.pending

    @property
    def has_api_key(self) -> bool:
        """Whether there is a key for the Claude API; the key itself is never given out."""
        return self._api_key is not None

    @property
    def providers(self) -> list[str]:
        """The providers that this deployment can reach.

        Bedrock needs models that IAM allows; the Claude API is on the list of reachable names when the
        deployment has a key for it, or names it as its default.
        """
        configuration = self.configuration
        reachable = {
            "bedrock": bool(configuration.bedrock_models),
            "anthropic": bool(configuration.anthropic_api_key)
            or configuration.default_provider == "anthropic",
        }
        return [provider for provider in PROVIDER_LABELS if reachable[provider]]

    @property
    def can_take_out(self) -> bool:
        """Whether the model declined, so that its last turn may be taken out."""
        return not self.running and self.conversation.refused is not None

    @property
    def can_continue(self) -> bool:
        """Whether a task was interrupted where the model has something to answer."""
        return not self.running and (self.conversation.awaits_model or bool(self.conversation.unanswered))

    def screen(self, digest: str) -> bytes | None:
        """The screenshot with a SHA-256."""
        return self.journal.screens.get(digest)

    def trouble_with_health(self) -> str | None:
        """What makes the console unfit for use, or None."""
        if not self._worker.alive:
            return "the agent's thread has ended"
        if self.journal.failed:
            return "the record cannot be written"
        return None

    # What a person may do

    def consent(self, session: Session) -> None:
        """The person has read the risk notice and agrees."""
        self.journal.append(
            "consent", {"session": session.label, "by": session.username, "notice": NOTICE_VERSION}
        )
        session.consented = True

    def start(self, session: Session, prompt: str | None) -> None:
        """Run a task with a prompt, or go on without one.

        Raises:
            Refused: the session may not, or the task cannot begin.
        """
        with self._lock:
            self._may_act(session)
            if self.running:
                raise Refused("A task is running already.")
            if prompt is None and not self.can_continue:
                raise Refused("There is nothing to go on with: enter a prompt.")
            if prompt is not None and not (len(prompt.strip()) > 0 and len(prompt) <= LONGEST_PROMPT):
                raise Refused(f"A prompt has 1 to {LONGEST_PROMPT} characters.")
            if self.settings.provider not in self.providers:
                raise Refused("This deployment does not reach that provider: choose another one.")
            try:
                fit = self.settings.fit()
            except UnknownCombination as error:
                raise Refused(str(error)) from None
            if fit.provider == "anthropic" and not self._api_key:
                raise Refused("The Claude API needs an API key: enter one in the sidebar.")
            self._trouble = ""
            self._running = self._worker.submit(self._task(self.settings, prompt, session.username))

    def take_out(self, session: Session) -> None:
        """Take what the model declined out of the conversation; it stays in the record."""
        with self._lock:
            self._may_act(session)
            if not self.can_take_out:
                raise Refused("The model has declined nothing.")
            event = self.journal.append("turn_taken_out", {"by": session.username}, self.conversation.id)
            self.conversation.apply(event)

    def stop(self, session: Session) -> None:
        """End the running task, in the middle of whatever it does."""
        self._may_act(session)
        self._interrupt("stopped", f"Stopped by {session.username}.")

    def decide(self, session: Session, request_id: str, approve: bool) -> None:
        """Answer an approval request."""
        self._may_act(session)
        if not self.desk.decide(request_id, approve, session.username):
            raise Refused("That action no longer waits for a decision.")

    def change_settings(self, session: Session, settings: TaskSettings) -> None:
        """Use other settings from the next task on."""
        with self._lock:
            self._may_act(session)
            if settings == self.settings:
                return
            self.journal.append("settings_changed", {"by": session.username, "settings": settings.as_data()})
            self.settings = settings

    def set_api_key(self, session: Session, key: str) -> None:
        """Use a key for the Claude API until the process ends. It is kept in memory and never shown again."""
        with self._lock:
            self._may_act(session)
            if not re.fullmatch(r"[!-~]{8,500}", key, re.ASCII):
                raise Refused("An API key has 8 to 500 printable characters and no blanks.")
            self.redactor.add("API key", key)
            self._api_key = key
            self.journal.append("api_key_set", {"by": session.username})

    def reset(self, session: Session) -> None:
        """Begin another conversation; the old one stays in the record."""
        with self._lock:
            self._may_act(session)
            if self.running:
                raise Refused("Stop the task first.")
            self.exchanges.clear()
            self._trouble = ""
            self._open_conversation(session.username)

    def shut_down(self) -> None:
        """Interrupt the task, wait until every tool call has its result, and close the record."""
        self._interrupt("shutdown", "The console is being shut down.")
        if self._running is not None:
            try:
                self._running.exception(SHUTDOWN_SECONDS)
            except FutureTimeoutError:
                self._trouble = "The task did not end in time."
        self.journal.append("stopped", {})
        self.journal.close()
        self._worker.close()

    # Inside

    def _may_act(self, session: Session) -> None:
        if self.sessions.get(session.label) is None:
            raise Refused("You were signed out.")
        if not session.consented:
            raise Refused("Read the notice and agree first.")
        if not self.driver.is_driving(session.label):
            raise Refused("Someone else is driving; you are watching.")

    async def _task(self, settings: TaskSettings, prompt: str | None, by: str) -> End:
        try:
            async with Desktop(
                self.configuration.environment_url, self.configuration.control_token, self.exchanges
            ) as desktop:
                agent = Agent(
                    self.journal,
                    self.conversation,
                    desktop,
                    self._model,
                    self.desk,
                    self.live,
                    describe=self._describe,
                )
                self._agent = agent
                return await agent.run(settings, prompt, by)
        except RecordError as error:
            self._trouble = f"The task was ended because the record refused an event: {error}"
            raise
        except Exception as error:
            number = report(self.redactor, "a task was ended by an internal error", error)
            self._trouble = (
                f"The task was ended by an internal error ({type(error).__name__}). Its reason is in the "
                f"console's log under the number {number}: quote it to the operator. You can continue."
            )
            raise
        finally:
            self._agent = None
            self.live.end()

    def _model(self, fit: Fit) -> ModelClient:
        return ModelClient(fit, self._credentials(), self.exchanges)

    async def _describe(self, settings: TaskSettings) -> Model | None:
        return await describing(
            settings.provider, settings.model, self._credentials(), self.exchanges, self._said
        )

    def _credentials(self) -> Credentials:
        return Credentials(self._api_key, self.configuration.aws_region)

    def _interrupt(self, reason: str, text: str) -> None:
        agent = self._agent
        if agent is not None:
            self._worker.loop.call_soon_threadsafe(agent.interruption.set, reason, text)

    def _session_ended(self, session: Session, reason: str) -> None:
        self.driver.release(session.label)
        self.journal.append(
            "signed_out", {"session": session.label, "by": session.username, "reason": reason}
        )

    def _driver_changed(self, label: str, name: str) -> None:
        self.journal.append("driver_changed", {"session": label, "by": name})

    def _default_settings(self) -> TaskSettings:
        return TaskSettings(self.configuration.default_provider, self.configuration.default_model)

    def _restore(self) -> None:
        """Take conversation and settings out of the record, and close what a sudden end left open."""
        for event in self.journal.events():
            if event.kind == "conversation_opened":
                self.conversation = Conversation(event.conversation)
                self._events = []
            if event.kind == "settings_changed":
                self._restore_settings(event.data["settings"])
            if event.conversation and event.conversation == self.conversation.id:
                self.conversation.apply(event)
                self._events.append(event)
        self.journal.append("started", {})
        if not self.conversation.id:
            self._open_conversation("")
        recover(self.conversation, self._write)

    def _write(self, kind: str, data: dict[str, Any]) -> Event:
        event = self.journal.append(kind, data, self.conversation.id)
        self.conversation.apply(event)
        self._events.append(event)
        return event

    def _restore_settings(self, data: dict[str, Any]) -> None:
        try:
            self.settings = TaskSettings.from_data(data)
            if self.settings.provider not in self.providers:
                raise BadSettings("The deployment does not reach that provider any more.")
        except BadSettings:
            # Written by another version; the defaults hold.
            self.settings = self._default_settings()

    def _open_conversation(self, by: str) -> None:
        identifier = secrets.token_hex(8)
        opened = self.journal.append("conversation_opened", {"by": by}, identifier)
        self.conversation = Conversation(identifier)
        self._events = [opened]

    def _keep(self, event: Event) -> None:
        if event.conversation and event.conversation == self.conversation.id:
            self._events.append(event)
