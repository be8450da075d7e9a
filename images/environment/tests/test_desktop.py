"""What a person or an agent finds on the desktop."""

from functools import partial

from running import Environment, wait_until


def test_launchers_of_the_panel_start_programs(environment: Environment) -> None:
    before = environment.screen().crop((0, 0, 1024, 730))
    launchers = ("firefox-esr", "xterm", "mousepad", "pcmanfm", "galculator", "xpdf.real")
    for position, program in enumerate(launchers):
        environment.act("left_click", coordinate=[20 + 34 * position, 750])
        wait_until(partial(environment.programs, program), 10)
        wait_until(lambda: environment.screen().crop((0, 0, 1024, 730)).tobytes() != before.tobytes(), 20)
        environment.close_programs(launchers)


def test_the_browser_starts_with_the_profile_that_the_image_brings(environment: Environment) -> None:
    """Firefox makes a profile of its own, without our settings, unless one is named for its installation."""
    environment.launch("firefox-esr about:blank")
    profiles = environment.home / ".mozilla" / "firefox"
    wait_until((profiles / "desktop.default" / "prefs.js").exists, 40)
    assert [path.parent.name for path in profiles.glob("*/prefs.js")] == ["desktop.default"]
    environment.close_programs(["firefox-esr"])
