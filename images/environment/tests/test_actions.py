"""Every computer action has its effect in Firefox, checked in the screen's pixels and in the page's
events."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from probe_page import BOX, MARKER, PAD, SPOT, ProbePage
from running import Environment, picture

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
YELLOW, MAGENTA, CYAN = (255, 255, 0), (255, 0, 255), (0, 255, 255)
GREY, MAROON, DARK_GREEN = (128, 128, 128), (128, 0, 0), (0, 128, 0)


def test_screenshot_is_the_screen(environment: Environment) -> None:
    result = environment.act("screenshot")
    assert picture(result).size == (1024, 768)
    assert set(result) == {"output", "error", "base64_image", "settled", "elapsed_ms"}
    assert isinstance(result["settled"], bool)
    assert result["elapsed_ms"] > 0


def assert_spot_shows(page: ProbePage, result: Mapping[str, Any], *colours: tuple[int, int, int]) -> None:
    """The result's own picture shows what the action did.

    On a busy machine a page may need longer to paint than an action waits. The result then says that the
    screen has not settled, and a later screenshot must show the effect.
    """
    if result["settled"]:
        assert picture(result).getpixel(SPOT) in colours
        return
    deadline = time.monotonic() + 30
    while page.environment.screen().getpixel(SPOT) not in colours:
        assert time.monotonic() < deadline, "the screen never showed what the action did"


@pytest.mark.parametrize(
    ("action", "point", "colour", "event", "button", "times"),
    # Each at a place of its own: clicks at one place in quick succession count as one multiple click.
    [
        ("left_click", (310, 250), RED, "click", 0, 1),
        ("right_click", (350, 250), GREEN, "contextmenu", 2, 1),
        ("middle_click", (390, 250), BLUE, "auxclick", 1, 1),
        ("double_click", (430, 250), YELLOW, "click", 0, 2),
        ("triple_click", (470, 250), MAGENTA, "click", 0, 3),
    ],
)
def test_click_arrives_at_its_coordinate(
    page: ProbePage,
    action: str,
    point: tuple[int, int],
    colour: tuple[int, int, int],
    event: str,
    button: int,
    times: int,
) -> None:
    result = page.environment.act(action, coordinate=list(point))
    assert_spot_shows(page, result, colour)
    clicks = page.events(event)
    assert len(clicks) == times
    assert {(click["x"], click["y"], click["button"]) for click in clicks} == {(*point, button)}


def test_click_without_coordinate_is_at_the_pointers_position(page: ProbePage) -> None:
    page.environment.act("mouse_move", coordinate=[123, 45])
    page.environment.act("left_click")
    (click,) = page.events("click")
    assert (click["x"], click["y"]) == (123, 45)


@pytest.mark.parametrize(
    ("keys", "held"),
    [
        ("ctrl", {"ctrl"}),
        ("shift", {"shift"}),
        ("alt", {"alt"}),
        ("ctrl+shift", {"ctrl", "shift"}),
        ("super", {"meta"}),
    ],
)
def test_modifiers_are_held_during_a_click(page: ProbePage, keys: str, held: set[str]) -> None:
    page.environment.act("left_click", coordinate=list(PAD), text=keys)
    (down,) = page.events("mousedown")
    assert {name for name in ("ctrl", "shift", "alt", "meta") if down[name]} == held
    page.environment.act("left_click", coordinate=list(PAD))
    assert not any(page.events("mousedown")[-1][name] for name in ("ctrl", "shift", "alt", "meta")), (
        "let go again"
    )


def test_pointer_moves_and_its_position_can_be_read(page: ProbePage) -> None:
    page.environment.act("mouse_move", coordinate=[321, 234])
    assert page.environment.act("cursor_position")["output"] == "X=321,Y=234"
    assert (321, 234) in {(move["x"], move["y"]) for move in page.events("mousemove")}
    assert page.environment.screen().getpixel(MARKER) == DARK_GREEN


def test_screenshot_shows_the_pointer(page: ProbePage) -> None:
    page.environment.act("mouse_move", coordinate=[600, 300])
    around = page.environment.screen().crop((596, 296, 616, 320)).getcolors()
    assert around is not None
    assert len(around) > 1


@pytest.mark.parametrize("corner", [(0, 0), (1023, 0), (0, 767), (1023, 767)])
def test_corners_can_be_reached(page: ProbePage, corner: tuple[int, int]) -> None:
    page.environment.act("left_click", coordinate=list(corner))
    assert page.environment.act("cursor_position")["output"] == f"X={corner[0]},Y={corner[1]}"
    (click,) = page.events("click")
    assert (click["x"], click["y"]) == corner


def test_drag_goes_from_start_to_end_with_the_button_down(page: ProbePage) -> None:
    result = page.environment.act("left_click_drag", start_coordinate=[100, 100], coordinate=[700, 300])
    (down,), (up,) = page.events("mousedown"), page.events("mouseup")
    assert (down["x"], down["y"], up["x"], up["y"]) == (100, 100, 700, 300)
    between = [move for move in page.events("mousemove") if 100 < move["x"] < 700]
    # How many of the steps a browser reports depends on how often it draws, and so on the machine's load.
    assert len(between) >= 3, "programs see the way, not a jump"
    assert_spot_shows(page, result, MAROON, RED)


def test_drag_without_start_begins_at_the_pointer(page: ProbePage) -> None:
    page.environment.act("mouse_move", coordinate=[50, 60])
    page.environment.act("left_click_drag", coordinate=[400, 300])
    (down,) = page.events("mousedown")
    assert (down["x"], down["y"]) == (50, 60)


def test_drag_selects_text(page: ProbePage) -> None:
    page.environment.act("type", text="first line of text")
    page.environment.act("left_click_drag", start_coordinate=[2, 430], coordinate=[700, 430])
    page.environment.act("type", text="X")
    assert page.text() == "X"


def test_button_stays_down_until_it_is_released(page: ProbePage) -> None:
    page.environment.act("mouse_move", coordinate=list(PAD))
    page.environment.act("left_mouse_down")
    assert page.pad_colour() == GREY
    assert page.events("mouseup") == []
    page.environment.act("mouse_move", coordinate=[500, 250])
    assert page.pad_colour() == MAROON
    page.environment.act("left_mouse_up")
    assert len(page.events("mouseup")) == 1


@pytest.mark.parametrize(
    ("direction", "axis", "sign"),
    [("up", "dy", -1), ("down", "dy", 1), ("left", "dx", -1), ("right", "dx", 1)],
)
def test_scroll_goes_in_its_direction_by_its_amount(
    page: ProbePage, direction: str, axis: str, sign: int
) -> None:
    result = page.environment.act("scroll", coordinate=list(PAD), scroll_direction=direction, scroll_amount=3)
    assert_spot_shows(page, result, CYAN)
    three = sum(wheel[axis] for wheel in page.events("wheel"))
    assert three * sign > 0
    page.reset()
    page.environment.act("scroll", coordinate=list(PAD), scroll_direction=direction, scroll_amount=1)
    assert three == 3 * sum(wheel[axis] for wheel in page.events("wheel"))


def test_scroll_with_a_modifier(page: ProbePage) -> None:
    page.environment.act(
        "scroll", coordinate=list(PAD), scroll_direction="down", scroll_amount=1, text="shift"
    )
    assert page.events("wheel")[0]["shift"]


def test_key_presses_a_chord(page: ProbePage) -> None:
    page.environment.act("type", text="some words")
    page.environment.act("key", text="ctrl+a")
    page.environment.act("key", text="BackSpace")
    assert page.text() == ""


def test_key_presses_several_chords_in_order(page: ProbePage) -> None:
    page.environment.act("key", text="a b Left c")
    assert page.text() == "acb"


def test_key_repeats(page: ProbePage) -> None:
    page.environment.act("key", text="x", repeat=100)
    assert page.text() == "x" * 100


def test_common_names_of_keys_are_known(page: ProbePage) -> None:
    page.environment.act("key", text="Enter pagedown ESC ArrowLeft KP_1", repeat=None)
    pressed = [event["key"] for event in page.events("keydown")]
    assert pressed == ["Enter", "PageDown", "Escape", "ArrowLeft", "1"]


def test_hold_key_holds_repeats_and_releases_the_key(page: ProbePage) -> None:
    began = time.monotonic()
    page.environment.act("hold_key", text="j", duration=1.2)
    assert time.monotonic() - began >= 1.2
    downs = page.events("keydown")
    assert downs[0]["repeat"] is False
    assert len(downs) > 3, "a held key repeats"
    assert all(event["repeat"] for event in downs[1:])
    count = len(page.text())
    assert count == len(downs)
    assert len(page.events("keyup")) >= 1
    page.environment.act("wait", duration=0.5)
    assert len(page.text()) == count, "it stopped"


def test_hold_key_holds_a_chord(page: ProbePage) -> None:
    page.environment.act("hold_key", text="ctrl+shift+F9", duration=0.2)
    down = next(event for event in page.events("keydown") if event["key"] == "F9")
    assert down["ctrl"]
    assert down["shift"]


def test_wait_waits_and_shows_the_screen(environment: Environment) -> None:
    began = time.monotonic()
    result = environment.act("wait", duration=0.4)
    assert 0.4 <= time.monotonic() - began < 2
    assert result["base64_image"]


def test_zoom_shows_the_region_enlarged(page: ProbePage) -> None:
    page.environment.act("left_click", coordinate=list(PAD))
    page.environment.act("mouse_move", coordinate=list(BOX))
    # Left half: the red pad; right half: beside it.
    zoomed = picture(page.environment.act("zoom", region=[700, 100, 900, 250]))
    assert zoomed.size == (1024, 768)
    assert zoomed.getpixel((100, 400)) == RED
    assert zoomed.getpixel((900, 400)) == (255, 255, 255)
    edge = next(x for x in range(1024) if zoomed.getpixel((x, 400))[0:2] != (255, 0))  # type: ignore[index]
    assert abs(edge - 512) < 12


def test_zoom_keeps_the_shape_of_the_region(environment: Environment) -> None:
    assert picture(environment.act("zoom", region=[0, 0, 400, 100])).size == (1024, 256)


def test_options_leave_out_the_picture(environment: Environment) -> None:
    result = environment.execute("computer", {"screenshot": False}, action="mouse_move", coordinate=[5, 5])
    assert result["base64_image"] is None
    assert result["settled"] is True


def test_caps_lock_does_not_change_what_is_typed(page: ProbePage) -> None:
    page.environment.act("key", text="Caps_Lock")
    page.environment.act("type", text="Hello World 123")
    page.environment.act("key", text="a")
    page.environment.act("key", text="Caps_Lock")
    assert page.text() == "Hello World 123A", "typed as asked, and Caps Lock is on again afterwards"
