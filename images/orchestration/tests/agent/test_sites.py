"""Approvals bound to a site: typing into it asks nothing, typing elsewhere asks, in automatic mode too."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import MakeRig
from fake_claude.script import calls, member, says, tool
from orchestration.agent.actions import Action, parse
from orchestration.agent.settings import BadSettings, TaskSettings
from orchestration.agent.sites import Site, approved_by_site
from rig import until

SITES = ("example.com", "*.example.org", "http://localhost:8080")


def action(name: str, **fields: Any) -> Action:
    return parse(name, "computer", fields, 1024, 768)


COVERED = [
    "https://example.com",
    "https://example.com:443",
    "https://example.org",
    "https://a.b.example.org",
    "http://localhost:8080",
]
NOT_COVERED = [
    "http://example.com",
    "https://www.example.com",
    "https://example.com.evil.example",
    "https://evilexample.org",
    "https://example.com:8443",
    "https://user@evil.example",
    "http://localhost",
    "http://localhost:80800000",
    "null",
    "about:blank",
    "",
    "https://",
    "moz-extension://example.com",
]


@pytest.mark.parametrize("origin", COVERED)
def test_typing_is_approved_on_the_sites_that_are_named(origin: str) -> None:
    assert approved_by_site(action("type", text="hello"), origin, SITES)


@pytest.mark.parametrize("origin", [*NOT_COVERED, None])
def test_typing_is_approved_on_no_other_site(origin: str | None) -> None:
    assert not approved_by_site(action("type", text="hello"), origin, SITES)


STAYS = [
    action("type", text="two words"),
    action("type", text="sent\n"),
    action("key", text="Return"),
    action("key", text="shift+Tab"),
    action("key", text="A"),
    action("hold_key", text="Down", duration=1),
]
LEADS_OUT = [
    action("type", text="a\tb"),
    action("type", text="a\nb"),
    action("type", text="a\r\n\r\nb"),
    action("key", text="ctrl+l"),
    action("key", text="alt+Tab"),
    action("key", text="super+Up"),
    action("key", text="F6"),
    action("key", text="Tab Tab h i Return"),
    action("hold_key", text="ctrl+t", duration=1),
]


@pytest.mark.parametrize("typing", STAYS)
def test_typing_that_stays_in_the_page_is_approved_with_it(typing: Action) -> None:
    assert approved_by_site(typing, "https://example.com", SITES)


@pytest.mark.parametrize("typing", LEADS_OUT)
def test_keys_that_may_leave_the_page_are_not_approved_with_typing(typing: Action) -> None:
    assert not approved_by_site(typing, "https://example.com", SITES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/path",
        "*",
        "*.com",
        "ftp://example.com",
        "a b",
        "example.com:0",
        "ex_ample.com",
        "*.*.x",
    ],
)
def test_an_invalid_site_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no site"):
        Site.parse(text)
    with pytest.raises(BadSettings, match="is no site"):
        TaskSettings("anthropic", "claude-opus-5-5", typing_sites=(text,))


def test_the_sites_are_restored_from_the_record() -> None:
    settings = TaskSettings("anthropic", "claude-opus-5-5", typing_sites=SITES)
    again = TaskSettings.from_data({**settings.as_data(), "typing_sites": list(SITES)})
    assert again == settings


@pytest.mark.parametrize("mode", ["auto", "consequential", "each"])
@pytest.mark.parametrize("site", ["https://example.com", "https://evil.example", None])
async def test_typing_asks_outside_the_sites_in_every_mode_and_inside_only_in_each(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, mode: str, site: str | None
) -> None:
    rig = make_rig(calls(member("t1", "type", text="hello")), says("Done."))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    rig.desktop.site = site
    running = asyncio.create_task(rig.run("Go.", approval=mode, typing_sites=("example.com",)))
    if site == "https://example.com" and mode != "each":
        assert (await running).reason == "finished"
        assert rig.events("approval_asked") == [] and len(rig.desktop.executed) == 1
        assert rig.events("action")[0].data["site"] == site
    else:
        await until(lambda: rig.desk.pending)
        assert rig.desk.decide(rig.desk.pending.id, False, "tester")  # type: ignore[union-attr]
        await running
        assert rig.desktop.executed == []
    rig.check()


async def test_typing_is_asked_about_if_the_desktop_cannot_tell_the_site(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(calls(member("t1", "type", text="hello")), says("Done."))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    rig.desktop.site = 5  # type: ignore[assignment]
    running = asyncio.create_task(rig.run("Go.", approval="auto", typing_sites=("example.com",)))
    await until(lambda: rig.desk.pending)
    assert rig.desk.decide(rig.desk.pending.id, False, "tester")  # type: ignore[union-attr]
    await running
    assert rig.desktop.executed == []


async def test_other_actions_are_judged_by_the_mode(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(
        calls(tool("t1", "bash", command="ls"), member("t2", "left_click", coordinate=[5, 5])), says("Done.")
    )
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    assert (await rig.run("Go.", approval="auto", typing_sites=("example.com",))).reason == "finished"
    assert rig.events("approval_asked") == [] and len(rig.desktop.executed) == 2
