"""Approvals: an action needs a timely yes from a person who is present, for a screen that has not changed."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from PIL import Image

from conftest import MakeRig
from fake_claude.script import calls, member, says, tool
from orchestration.agent.actions import Action, InvalidInput, parse
from orchestration.agent.approval import LONGEST_APPROVABLE, escaped, title_of
from orchestration.agent.consequence import Consequence
from orchestration.agent.endings import End
from orchestration.agent.picture import MARK, compare, picture_size, with_target
from rig import Rig, texts, until
from stand_in_desktop import StandInDesktop, result

CLICK = member("t1", "left_click", coordinate=[300, 200])
CLICK_AFTER = member("t2", "left_click", coordinate=[300, 200])


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


async def test_an_approval_does_not_count_if_the_screen_has_changed(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    running = await start(rig)
    rig.desktop.paint((280, 190, 320, 210))
    await answer(rig, True)
    assert (await running).reason == "finished"
    assert rig.desktop.executed == []
    assert rig.results()["t1"]["outcome"] == "screen_changed"
    assert rig.events("approval")[0].data["reason"] == "screen_changed"
    rig.check()


async def test_an_approval_does_not_count_if_the_screen_changed_before_the_question(
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


async def test_an_approval_does_not_count_if_no_screenshot_can_be_taken(
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


async def test_an_action_is_declined_if_nobody_answers_in_time(
    make_rig: MakeRig, pointed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = pointed(make_rig(calls(CLICK), says("Done.")))
    end = await asyncio.wait_for(rig.run("Go.", approval="each", approval_seconds=5), 15)
    assert end.reason == "finished"
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "timeout"


async def test_closing_the_browser_declines_the_action_and_reloading_does_not(
    make_rig: MakeRig, pointed: Any
) -> None:
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


async def test_an_answer_to_an_old_question_is_ignored(make_rig: MakeRig, pointed: Any) -> None:
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
    "mouse up": action("left_mouse_up"),
    "middle click": action("middle_click", coordinate=[1, 1]),
    "click with a modifier": action("left_click", coordinate=[1, 1], text="ctrl"),
    "scroll with a modifier": action("scroll", scroll_direction="up", scroll_amount=1, text="ctrl"),
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


PLAIN = StandInDesktop()._png()
PLACE = ((1, 1),)


def agreed() -> Consequence:
    """The rules after the person approved a click on the plain screen."""
    rules = Consequence()
    click = action("left_click", coordinate=[1, 1])
    rules.approved(click, PLAIN)
    rules.done(click, succeeded=True)
    return rules


def asks(rules: Consequence, asked: Action, newest: bytes | None = PLAIN) -> bool:
    return rules.needs_approval("consequential", asked, newest, asked.points or PLACE)


def painted(*boxes: tuple[int, int, int, int]) -> bytes:
    """The plain screen with something on it."""
    desktop = StandInDesktop()
    for box in boxes:
        desktop.paint(box)
    return desktop._png()


@pytest.mark.parametrize("asked", ALWAYS.values(), ids=ALWAYS.keys())
def test_a_consequential_action_is_asked_about(asked: Any) -> None:
    assert asks(Consequence(), asked) and asks(agreed(), asked)
    assert not Consequence().needs_approval("auto", asked, PLAIN, PLACE)


@pytest.mark.parametrize("harmless", NEVER.values(), ids=NEVER.keys())
def test_a_harmless_action_is_asked_about_only_in_the_mode_each(harmless: Any) -> None:
    assert not asks(Consequence(), harmless)
    assert Consequence().needs_approval("each", harmless, PLAIN, PLACE)


def test_a_click_is_asked_about_once_on_an_unchanged_screen() -> None:
    click = action("left_click", coordinate=[500, 300])
    assert asks(Consequence(), click)
    assert not asks(agreed(), click)
    assert not asks(agreed(), action("left_click")), "at the pointer's place"
    assert asks(agreed(), click, newest=None), "an unknown screen"


@pytest.mark.parametrize(
    "box",
    [(0, 0, 1023, 767), (100, 100, 420, 340), (900, 700, 925, 720), (495, 295, 503, 303)],
    ids=["another page", "a dialog of 10 %", "a small button elsewhere", "a label at the target"],
)
def test_a_click_is_asked_about_after_any_change(box: tuple[int, int, int, int]) -> None:
    assert asks(agreed(), action("left_click", coordinate=[500, 300]), painted(box))


def test_changes_too_small_to_count_add_up() -> None:
    """Each is no larger than a clock's digits; together they are another screen than the one agreed to."""
    rules, click = agreed(), action("left_click", coordinate=[500, 300])
    boxes = [(40 * number, 700, 40 * number + 11, 711) for number in range(5)]
    assert not asks(rules, click, painted(*boxes[:2]))
    rules.done(click, succeeded=True)
    assert asks(rules, click, painted(*boxes))


@pytest.mark.parametrize("leads_on", [ALWAYS["key"], ALWAYS["bash"], ALWAYS["type"], ALWAYS["middle click"]])
@pytest.mark.parametrize("succeeded", [True, False])
def test_a_click_is_asked_about_after_any_action_that_may_have_changed_the_page(
    leads_on: Any, succeeded: bool
) -> None:
    rules = agreed()
    rules.done(leads_on, succeeded)
    assert asks(rules, action("left_click", coordinate=[1, 1]))


def test_moving_with_a_button_down_is_a_drag() -> None:
    rules, move = agreed(), action("mouse_move", coordinate=[5, 5])
    assert not asks(rules, move)
    rules.done(action("left_mouse_down"), succeeded=False)
    assert asks(rules, move) and asks(rules, NEVER["scroll"])
    rules.done(action("left_mouse_up"), succeeded=False)
    assert asks(rules, move)
    rules.done(action("left_mouse_up"), succeeded=True)
    assert not asks(rules, move)


@pytest.mark.parametrize(
    "text",
    [
        "Return",
        "a",
        "space",
        "ctrl+c",
        "shift+Return",
        "ctrl+ctrl",
        "ctrl shift",
        "ctrl+",
        "",
        "Ctrl",
        "F4",
        5,
    ],
)
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("left_click", {"coordinate": [5, 5]}),
        ("middle_click", {}),
        ("left_click_drag", {"start_coordinate": [5, 5], "coordinate": [9, 9]}),
        ("scroll", {"scroll_direction": "up", "scroll_amount": 0}),
    ],
)
def test_a_mouse_action_can_hold_modifiers_and_press_no_other_key(
    name: str, fields: dict[str, Any], text: Any
) -> None:
    with pytest.raises(InvalidInput, match="ctrl, shift, alt or super"):
        action(name, **fields, text=text)
    for good in ("ctrl", "shift", "alt", "super", "ctrl+shift+alt+super"):
        assert action(name, **fields, text=good).modified


async def test_scrolling_cannot_run_a_command_unasked(make_rig: MakeRig, pointed: Any) -> None:
    scrolls = [
        member(f"t{number}", "scroll", scroll_direction="up", scroll_amount=0, text=key)
        for number, key in enumerate(["l", "s", "Return", "ctrl"])
    ]
    rig = pointed(make_rig(*[calls(scroll) for scroll in scrolls], says("Done.")))
    running = asyncio.create_task(rig.run("Go.", approval="consequential"))
    await until(lambda: rig.desk.pending)
    assert [rig.results()[f"t{number}"]["outcome"] for number in range(3)] == ["invalid"] * 3
    assert rig.desk.pending.title == "scroll at the pointer, (512, 384) with ctrl held"
    await answer(rig, False)
    await running
    assert rig.desktop.executed == []
    rig.check()


async def test_a_second_click_of_an_answer_is_judged_on_the_screen_that_the_first_one_left(
    make_rig: MakeRig, pointed: Any, desktop: StandInDesktop
) -> None:
    def on_action(tool_name: str, value: dict[str, Any]) -> None:
        if value.get("coordinate") == [300, 200]:
            desktop.paint((0, 0, 1023, 767))

    first, second = CLICK, member("t2", "left_click", coordinate=[600, 300])
    desktop.on_action = on_action
    rig = pointed(make_rig(calls(first, second, tool("t3", "bash", command="ls")), says("Done.")))
    running = asyncio.create_task(rig.run("Go.", approval="consequential"))
    await until(lambda: rig.desk.pending)
    shown_first = rig.desk.pending
    await answer(rig, True)
    await until(lambda: rig.desk.pending and rig.desk.pending is not shown_first)
    assert len(rig.desktop.executed) == 1, "the second click must not be sent before it is approved"
    shown = Image.open(io.BytesIO(rig.journal.screens.get(rig.desk.pending.screen)))
    assert shown.convert("RGB").getpixel((700, 600)) == (200, 60, 60), "the person sees the newest screen"
    await answer(rig, False)
    await running
    assert len(rig.desktop.executed) == 1
    rig.check()


async def test_further_clicks_on_the_same_screen_are_done_and_recorded_with_what_they_were_judged_on(
    make_rig: MakeRig, pointed: Any, desktop: StandInDesktop
) -> None:
    desktop.on_action = lambda tool, value: (200, result()) if value["action"] == "left_click" else None
    clicks = [member(f"t{number}", "left_click", coordinate=[300, 200]) for number in range(3)]
    rig = pointed(make_rig(calls(*clicks), says("Done.")))
    running = asyncio.create_task(rig.run("Go.", approval="consequential"))
    await until(lambda: rig.desk.pending)
    await answer(rig, True)
    assert (await running).reason == "finished"
    assert [event.data["approved"] for event in rig.events("approval")] == [True]
    assert [bool(event.data.get("screen")) for event in rig.events("action")] == [False, True, True]
    rig.check()


async def test_a_click_at_the_pointer_is_checked_near_the_pointer(make_rig: MakeRig, pointed: Any) -> None:
    rig = pointed(make_rig(calls(member("t1", "left_click")), says("Done.")))
    rig.desktop.pointer = (700, 500)
    running = await start(rig)
    assert rig.desk.pending is not None
    assert rig.desk.pending.points == ((700, 500),) and "(700, 500)" in rig.desk.pending.title
    rig.desktop.paint((696, 496, 704, 504))  # 81 pixels: too few to count anywhere else
    await answer(rig, True)
    await running
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "screen_changed"


async def test_a_click_at_the_pointer_is_not_done_if_the_pointer_has_moved(
    make_rig: MakeRig, pointed: Any
) -> None:
    rig = pointed(make_rig(calls(member("t1", "left_mouse_down")), says("Done.")))
    running = await start(rig)
    rig.desktop.pointer = (10, 10)
    await answer(rig, True)
    await running
    assert rig.desktop.executed == [] and rig.results()["t1"]["outcome"] == "screen_changed"


async def test_a_click_at_the_pointer_is_not_done_if_its_position_is_unknown(
    make_rig: MakeRig, pointed: Any, desktop: StandInDesktop
) -> None:
    desktop.on_action = lambda tool, value: (
        (200, result(output="somewhere")) if value.get("action") == "cursor_position" else None
    )
    rig = pointed(make_rig(calls(member("t1", "left_click")), says("Done.")))
    assert (await rig.run("Go.", approval="consequential")).reason == "finished"
    assert rig.desktop.executed == [] and "pointer's place" in texts(rig.results()["t1"])
    rig.check()


@pytest.mark.parametrize("mode", ["consequential", "each"])
async def test_an_input_too_long_to_review_is_refused_and_the_model_is_told_why(
    make_rig: MakeRig, pointed: Any, mode: str
) -> None:
    hidden = "true " + "#" * 90_000 + "\nrm -rf ~"
    rig = pointed(make_rig(calls(tool("t1", "bash", command=hidden), CLICK_AFTER), says("Done.")))
    assert (await rig.run("Go.", approval=mode)).reason == "finished"
    assert rig.desktop.executed == [] and rig.events("approval_asked") == []
    told = texts(rig.results()["t1"])
    assert rig.results()["t1"]["outcome"] == "too_long"
    assert "90,0" in told and f"{LONGEST_APPROVABLE:,}" in told
    assert "not approved" in texts(rig.results()["t2"])
    rig.check()


def test_the_length_limit_applies_to_the_escaped_text_that_the_person_sees() -> None:
    """A character outside ASCII is shown as an escape and takes more room than one in it."""
    plain, escaping = action("type", text="x" * 1_000), action("type", text="ü" * 1_000)
    assert len(escaped(plain)) < LONGEST_APPROVABLE < len(escaped(escaping))


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


def test_the_title_of_a_question_holds_no_text_written_by_the_model() -> None:
    evil = action("bash", command="rm -rf / # (approved already)")
    assert title_of(evil, ()) == "run a shell command"
    assert json.loads(escaped(evil)) == {"command": "rm -rf / # (approved already)"}
    assert title_of(action("left_click", coordinate=[3, 4]), ((3, 4),)) == "left click at (3, 4)"
    assert (
        title_of(action("left_click", text="ctrl"), ((3, 4),))
        == "left click at the pointer, (3, 4) with ctrl held"
    )


def test_pictures_of_another_size_and_broken_ones_count_as_changed() -> None:
    plain = StandInDesktop()._png()
    assert not compare(plain, plain).noticeable
    assert compare(plain, plain[:200]).noticeable
    assert compare(plain, b"").noticeable
