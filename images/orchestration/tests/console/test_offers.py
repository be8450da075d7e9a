"""The console offers what the deployment reaches and nothing else, and a refused turn can be taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from console_process import ConsoleProcess
from fake_claude.script import Fault, Script, Step, member, says
from fake_claude.server import FakeClaude
from orchestration.configuration import Configuration, ConfigurationError
from orchestration.console.service import Console, Refused
from orchestration.gateway.sessions import Session
from orchestration.record.journal import Journal
from orchestration.record.redaction import Redactor
from rig import API_KEY, SETTINGS
from stand_in_desktop import StandInDesktop

BEDROCK = {"DEFAULT_PROVIDER": "bedrock", "DEFAULT_MODEL": "us.anthropic.claude-sonnet-5-5"}
MakeConsole = Callable[[dict[str, str]], Console]


@pytest.fixture
def make_console(tmp_path: Path) -> Iterator[MakeConsole]:
    """Makes a console without its pages, from the variables that the deployment sets; another one ends it."""
    with StandInDesktop() as desktop, ExitStack() as running:

        def make(variables: dict[str, str]) -> Console:
            running.close()
            folder = tmp_path / "data"
            folder.mkdir(exist_ok=True)
            configuration = Configuration.from_environment(
                {**ConsoleProcess(folder, desktop.url).variables(), **variables}
            )
            redactor = Redactor(configuration.secrets())
            console = Console(configuration, redactor, Journal(folder, redactor))
            running.callback(console.shut_down)
            return console

        yield make


def person(console: Console) -> Session:
    session, _ = console.sessions.open("computeruse")
    console.consent(session)
    assert console.driver.take(session)
    return session


def finish(console: Console) -> None:
    assert console._running is not None
    console._running.result(20)


@pytest.mark.parametrize(
    ("variables", "offered"),
    [
        (BEDROCK, ["bedrock"]),
        ({**BEDROCK, "ANTHROPIC_API_KEY": API_KEY}, ["bedrock", "anthropic"]),
        ({"DEFAULT_PROVIDER": "anthropic"}, ["bedrock", "anthropic"]),
        ({"DEFAULT_PROVIDER": "anthropic", "BEDROCK_MODELS": ""}, ["anthropic"]),
    ],
    ids=["Bedrock alone", "Bedrock and a key", "a key to be entered", "the Claude API alone"],
)
def test_only_what_is_deployed_is_offered(
    make_console: MakeConsole, variables: dict[str, str], offered: list[str]
) -> None:
    assert make_console(variables).providers == offered


def test_a_provider_that_is_not_deployed_is_refused(make_console: MakeConsole) -> None:
    console = make_console(BEDROCK)
    session = person(console)
    console.change_settings(session, replace(SETTINGS))
    with pytest.raises(Refused, match="does not reach that provider"):
        console.start(session, "Go.")


def test_settings_of_a_provider_that_is_gone_are_not_taken_up_again(make_console: MakeConsole) -> None:
    console = make_console({**BEDROCK, "ANTHROPIC_API_KEY": API_KEY})
    console.change_settings(person(console), replace(SETTINGS))
    again = make_console(BEDROCK)
    assert again.settings.provider == "bedrock"


def test_the_mantle_endpoint_is_not_a_provider(make_console: MakeConsole) -> None:
    with pytest.raises(ConfigurationError, match="DEFAULT_PROVIDER"):
        make_console({"DEFAULT_PROVIDER": "bedrock-mantle"})


def test_a_turn_that_the_model_declined_can_be_taken_out_and_the_conversation_goes_on(
    make_console: MakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    declines = Step((member("c1", "left_click", coordinate=[1, 1]),), "refusal", details={"type": "refusal"})
    script = Script([says("Done.", faults=[Fault("instead", step=declines)])])
    with FakeClaude(script, API_KEY) as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        console = make_console({"DEFAULT_PROVIDER": "anthropic", "ANTHROPIC_API_KEY": API_KEY})
        session = person(console)
        console.change_settings(session, replace(SETTINGS))
        with pytest.raises(Refused, match="declined nothing"):
            console.take_out(session)
        console.start(session, "Something bad.")
        finish(console)
        assert console.can_take_out
        console.take_out(session)
        assert not console.can_take_out and not console.can_continue
        console.start(session, "Something good.")
        finish(console)
        assert "Something bad." not in str(claude.requests[-1].body)
        assert [event.kind for event in console.events].count("turn_taken_out") == 1
