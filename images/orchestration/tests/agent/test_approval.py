"""Approvals: nothing without a timely yes of a person who is there, about a screen that has not changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from PIL import Image

from conftest import MakeRig
from fake_claude.script import calls, member, says, tool
from orchestration.agent.actions import parse
from orchestration.agent.approval import Consequence, escaped, title_of
from orchestration.agent.loop import End
from orchestration.agent.picture import MARK, compare, picture_size, with_target
from rig import Rig, texts, until
from stand_in_desktop import StandInDesktop

CLICK = member("t1", "left_click", coordinate=[300, 200])


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def point(rig: Rig) -> Rig:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
        return rig

    return point


async def start(rig: Rig, **changes: Any) -> asyncio.Task[End]:
    """Start a task and wait for its first question."""
    running = asyncio.create_task(rig.run("Go.", approval="each", **changes))
    await until(lambda: rig.desk.pending)
    return running


async def answer(rig: Rig, approve: bool) -> None:
    pending = rig.desk.pending
    assert pending is not None
    assert rig.desk.decide(pending.id, approve, "tester")
    await asyncio.sleep(0)


async def test_an_approved_action_is_done(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    assert rig.desktop.executed == []
    await answer(rig, True)
    assert (await running).reason == "finished"
    assert len(rig.desktop.executed) == 1
    decision = rig.events("approval")[0].data
    assert decision["approved"] and decision["by"] == "tester"
    rig.check()


async def test_a_declined_action_and_the_rest_of_its_batch_are_not_done(
    make_rig: MakeRig, pointed: Any
) -> None:
    rig = pointed(make_rig(calls(CLICK, tool("t2", "bash", command="ls")), says("Sorry.")))
    running = await start(rig)
    await answer(rig, False)
    assert (await running).reason == "finished"
    assert rig.desktop.executed == []
    assert "declined" in texts(rig.results()["t1"]) and "not approved" in texts(rig.results()["t2"])
    rig.check()


async def test_the_approver_sees_action_target_screenshot_and_escaped_input(
    make_rig: MakeRig, pointed: Any
) -> None:
    rig = pointed(make_rig(calls(member("t1", "type", text="a\u202eb\nc ü")), says("Done.")))
    running = await start(rig)
    pending = rig.desk.pending
    assert pending is not None and pending.screen is not None
    assert pending.title == "type"
    assert "\\u202e" in pending.input and "\\n" in pending.input and pending.input.isascii()
    assert picture_size(rig.journal.screens.get(pending.screen) or b"") == (1024, 768)
    await answer(rig, False)
    await running


async def test_a_screen_that_changed_means_no(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    rig.desktop.paint((280, 190, 320, 210))
    await answer(rig, True)
    assert (await running).reason == "finished"
    assert rig.desktop.executed == []
    assert rig.results()["t1"]["outcome"] == "screen_changed"
    assert rig.events("approval")[0].data["reason"] == "screen_changed"
    rig.check()


async def test_a_screen_that_changed_before_the_person_was_asked_means_no(
    make_rig: MakeRig, pointed: Any
) -> None:
    """The model decided on an older screen than the person would see if a new one were taken."""
    rig = pointed(make_rig(calls(member("t0", "screenshot")), calls(CLICK, seconds=0.03), says("Done.")))
    running = asyncio.create_task(rig.run("Go.", approval="consequential"))
    await until(lambda: "t0" in rig.results())
    rig.desktop.paint((0, 0, 600, 400))
    await until(lambda: rig.desk.pending)
    await answer(rig, True)
    await running
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "screen_changed"


async def test_a_blinking_caret_does_not_count_as_a_change(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    rig.desktop.paint((300, 195, 301, 211))
    await answer(rig, True)
    await running
    assert len(rig.desktop.executed) == 1


async def test_a_desktop_that_shows_nothing_any_more_means_no(
    make_rig: MakeRig, pointed: Any, desktop: StandInDesktop
) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    desktop.on_action = lambda tool, value: (500, b"") if value.get("action") == "screenshot" else None
    await answer(rig, True)
    await running
    assert rig.desktop.executed == []


async def test_later_actions_of_a_batch_are_shown_on_the_screen_as_the_earlier_ones_left_it(
    make_rig: MakeRig, pointed: Any
) -> None:
    rig = pointed(make_rig(calls(CLICK, member("t2", "left_click", coordinate=[600, 300])), says("Done.")))
    running = await start(rig)
    first = rig.desk.pending
    await answer(rig, True)
    await until(lambda: rig.desk.pending and rig.desk.pending is not first)
    second = rig.desk.pending
    assert first is not None and second is not None and first.screen != second.screen
    await answer(rig, True)
    await running
    assert len(rig.desktop.executed) == 2


async def test_no_answer_in_time_means_no(
    make_rig: MakeRig, pointed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    end = await asyncio.wait_for(rig.run("Go.", approval="each", approval_seconds=5), 15)
    assert end.reason == "finished"
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "timeout"


async def test_a_closed_browser_means_no_and_a_reload_does_not(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done."), grace_seconds=1.0))
    running = await start(rig)
    rig.someone = False
    await asyncio.sleep(0.4)
    rig.someone = True
    await asyncio.sleep(0.8)
    assert rig.desk.pending is not None
    rig.someone = False
    await running
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "browser_closed"
    rig.check()


async def test_an_answer_to_an_old_question_counts_for_nothing(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    assert not rig.desk.decide("0123456789abcdef", True, "tester")
    pending = rig.desk.pending
    assert pending is not None
    await answer(rig, False)
    assert not rig.desk.decide(pending.id, True, "tester")
    await running
    assert rig.desktop.executed == []


async def test_stop_works_while_a_question_waits(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    assert rig.agent is not None
    rig.agent.interruption.set("stopped", "Stopped.")
    assert (await asyncio.wait_for(running, 1)).reason == "stopped"
    assert rig.desk.pending is None and rig.desktop.executed == []
    rig.check()


def action(name: str, **fields: Any) -> Any:
    if name in ("bash", "str_replace_based_edit_tool"):
        return parse(name, None, fields, 1024, 768)
    return parse(name, "computer", fields, 1024, 768)


ALWAYS = {
    "type": action("type", text="x"),
    "key": action("key", text="Return"),
    "hold_key": action("hold_key", text="a", duration=1),
    "drag": action("left_click_drag", start_coordinate=[1, 1], coordinate=[5, 5]),
    "mouse down": action("left_mouse_down"),
    "bash": action("bash", command="ls"),
    "bash restart": action("bash", restart=True),
    "create": action("str_replace_based_edit_tool", command="create", path="/a", file_text=""),
    "replace": action(
        "str_replace_based_edit_tool", command="str_replace", path="/a", old_str="a", new_str="b"
    ),
    "insert": action(
        "str_replace_based_edit_tool", command="insert", path="/a", insert_line=0, insert_text="b"
    ),
}
NEVER = {
    "screenshot": action("screenshot"),
    "zoom": action("zoom", region=[0, 0, 10, 10]),
    "cursor position": action("cursor_position"),
    "move": action("mouse_move", coordinate=[1, 1]),
    "scroll": action("scroll", scroll_direction="down", scroll_amount=3),
    "wait": action("wait", duration=1),
    "view": action("str_replace_based_edit_tool", command="view", path="/a"),
}


@pytest.mark.parametrize("asked", ALWAYS.values(), ids=ALWAYS.keys())
def test_a_consequential_action_is_asked_about(asked: Any) -> None:
    assert Consequence().needs_approval("consequential", asked)
    assert not Consequence().needs_approval("auto", asked)


@pytest.mark.parametrize("harmless", NEVER.values(), ids=NEVER.keys())
def test_a_harmless_action_is_asked_about_only_in_each(harmless: Any) -> None:
    assert not Consequence().needs_approval("consequential", harmless)
    assert Consequence().needs_approval("each", harmless)


def test_a_click_is_asked_about_after_navigation_only() -> None:
    click = action("left_click", coordinate=[1, 1])
    rules = Consequence()
    assert rules.needs_approval("consequential", click)
    rules.done(click, screen_navigated=False)
    assert not rules.needs_approval("consequential", click)
    rules.done(click, screen_navigated=True)
    assert rules.needs_approval("consequential", click)
    rules.done(click, screen_navigated=False)
    for leads_on in (ALWAYS["key"], ALWAYS["bash"], ALWAYS["type"]):
        rules.done(leads_on, screen_navigated=False)
        assert rules.needs_approval("consequential", click)
        rules.done(click, screen_navigated=False)
    rules.done(NEVER["screenshot"], screen_navigated=True)
    assert rules.needs_approval("consequential", click)


def test_the_target_is_drawn_where_the_action_aims(tmp_path: Any) -> None:
    plain = StandInDesktop()._png()
    for verb, points in (
        ("left_click", [(300, 200)]),
        ("left_click", [(0, 0)]),
        ("left_click", [(1023, 767)]),
        ("left_click_drag", [(100, 100), (500, 400)]),
        ("zoom", [(10, 10), (200, 150)]),
    ):
        path = tmp_path / "target.png"
        path.write_bytes(with_target(plain, verb, points))
        with Image.open(path) as drawn:
            assert drawn.size == (1024, 768)
            for point in points:
                assert drawn.getpixel(point) == MARK, (verb, point)
    assert with_target(plain, "type", []) == plain


def test_the_title_holds_no_text_of_the_models() -> None:
    evil = action("bash", command="rm -rf / # (approved already)")
    assert title_of(evil) == "run a shell command"
    assert json.loads(escaped(evil)) == {"command": "rm -rf / # (approved already)"}
    assert title_of(action("left_click", coordinate=[3, 4])) == "left click at (3, 4)"


def test_pictures_of_another_size_and_broken_ones_count_as_changed() -> None:
    plain = StandInDesktop()._png()
    assert not compare(plain, plain).noticeable
    assert compare(plain, plain[:200]).noticeable
    assert compare(plain, b"").navigation and compare(plain, b"").noticeable
