"""An action is answered when the screen shows its result, and at the time limit at the latest."""

from probe_page import ProbePage
from running import Environment, picture, wait_until

_CHANGED_PIXELS = 400


def changed_pixels(one: bytes, other: bytes) -> int:
    """Pixels that differ between two RGB pictures."""
    return sum(one[index : index + 3] != other[index : index + 3] for index in range(0, len(one), 3))


def test_screenshot_of_a_settled_program_start_is_final(environment: Environment) -> None:
    settled = 0
    for launcher in (54, 88, 122, 156):
        result = environment.act("left_click", coordinate=[launcher, 750])
        shown = picture(result).crop((0, 0, 950, 730))
        environment.act("wait", duration=2)
        final = environment.screen().crop((0, 0, 950, 730))
        if result["settled"]:
            settled += 1
            assert changed_pixels(shown.tobytes(), final.tobytes()) <= _CHANGED_PIXELS, launcher
        environment.close_programs()
        environment.act("wait", duration=0.5)
    assert settled, "on however busy a machine, one of them settles"


def test_a_screen_that_keeps_changing_is_answered_at_the_time_limit(environment: Environment) -> None:
    environment.launch("xterm -geometry 80x24+100+100 -e sh -c 'while :; do date +%N; sleep 0.01; done'")
    wait_until(lambda: environment.screen().getpixel((300, 300)) != (46, 52, 64), 10)
    result = environment.execute("computer", {"timeout_ms": 300}, action="mouse_move", coordinate=[5, 5])
    assert result["settled"] is False
    assert 300 <= result["elapsed_ms"] < 1500


def test_options_set_the_quiet_time(environment: Environment) -> None:
    environment.act("mouse_move", coordinate=[5, 5])
    result = environment.execute("computer", {"quiet_ms": 400}, action="mouse_move", coordinate=[6, 6])
    assert result["settled"] is True
    assert result["elapsed_ms"] >= 400
    result = environment.execute("computer", {"quiet_ms": 300}, action="screenshot")
    assert result["elapsed_ms"] >= 300, "a picture waits when it is asked to"


def test_a_change_shortly_after_the_action_is_in_the_screenshot(page: ProbePage) -> None:
    result = page.environment.act("type", text="hello")
    before = picture(result).crop((0, 420, 800, 460)).tobytes()
    page.environment.act("wait", duration=1)
    assert page.environment.screen().crop((0, 420, 800, 460)).tobytes() == before
