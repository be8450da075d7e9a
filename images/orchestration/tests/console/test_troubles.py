"""Errors are shown to the person as plain text, without secrets, and with a number to quote."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from console_process import CONTROL_TOKEN, ConsoleProcess
from fake_claude.script import Fault, says
from orchestration.agent.settings import TaskSettings
from orchestration.configuration import Configuration
from orchestration.console.service import Console
from orchestration.gateway.sessions import Session
from orchestration.incidents import report
from orchestration.record.journal import Journal
from orchestration.record.redaction import Redactor
from rig import API_KEY, fake
from stand_in_desktop import StandInDesktop


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console without its pages, on a stand-in desktop, with a person who may act."""
    (tmp_path / "data").mkdir()
    with StandInDesktop() as desktop:
        variables = ConsoleProcess(tmp_path / "data", desktop.url).variables()
        configuration = Configuration.from_environment({**variables, "ANTHROPIC_API_KEY": API_KEY})
        redactor = Redactor(configuration.secrets())
        console = Console(configuration, redactor, Journal(tmp_path / "data", redactor))
        yield console
        console.shut_down()


@pytest.fixture
def person(console: Console) -> Session:
    session, _ = console.sessions.open("computeruse")
    console.consent(session)
    assert console.driver.take(session)
    return session


def run(console: Console, person: Session) -> None:
    """Run one task to its end."""
    console.start(person, "Go.")
    assert console._running is not None
    console._running.exception(20)


def test_an_internal_error_is_logged_without_secrets_and_the_person_gets_its_number(
    console: Console,
    person: Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise ModuleNotFoundError(f"no module for {CONTROL_TOKEN} and {API_KEY}")

    monkeypatch.setattr("orchestration.console.service.Agent", broken)
    run(console, person)
    number = re.search(r"E-[0-9a-f]{8}", console.trouble)
    assert number is not None and "ModuleNotFoundError" in console.trouble
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [line for line in lines if line.get("number") == number[0]]
    assert "no module for" in line["trace"] and "in broken" in line["trace"], "the log says what and where"
    for secret in (CONTROL_TOKEN, API_KEY):
        assert secret not in json.dumps(lines) and secret not in console.trouble


def test_each_incident_has_a_number_of_its_own_and_a_long_trace_keeps_its_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ValueError("x" * 30_000 + " the end")
    numbers = {report(Redactor(), "something", error) for _ in range(5)}
    assert len(numbers) == 5
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(line["trace"].rstrip().endswith("the end") and len(line["trace"]) <= 20_000 for line in lines)


def test_no_part_of_a_secret_is_shown_where_a_trace_is_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = secrets.token_hex(200)
    report(Redactor({"token": secret}), "something", ValueError(secret + "y" * 19_900))
    assert secret[-100:] not in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["**bold** [a](http://b) ![c](/d) `e` $f$ :red[g] <b> # h | 1. i ~j~ \\\\k _l_"]
)
def test_a_message_of_the_apis_is_shown_letter_for_letter(text: str) -> None:
    def page(shown: str) -> None:
        import streamlit as st  # noqa: PLC0415 (AppTest runs this function's text in a module of its own)

        from orchestration.console import cards  # noqa: PLC0415

        st.markdown(cards.literal(shown))

    drawn = AppTest.from_function(page, args=(text,)).run()
    assert not drawn.exception
    source = drawn.markdown[0].value
    # By CommonMark 2.4 a backslash before ASCII punctuation makes it a plain character.
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", source) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[!-/:-@\[\]^_`{-~]", source)


def test_an_error_message_of_the_api_is_shown_without_the_key(
    console: Console, person: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Fault("status", status=401)
    with fake(says("x", faults=[refusal] * 3)) as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        settings = TaskSettings("anthropic", "claude-sonnet-5-5", approval="auto")
        console.change_settings(person, replace(settings, minutes=1.0))
        run(console, person)
    ended = [event.data for event in console.events if event.kind == "task_ended"]
    assert ended[0]["reason"] == "model_failed" and "401" in ended[0]["text"]
    assert API_KEY not in json.dumps([event.data for event in console.events])
