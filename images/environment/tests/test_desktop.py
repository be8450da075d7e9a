"""The programs on the desktop."""

from functools import partial

from running import Environment, wait_until


def test_the_panels_launchers_start_programs(environment: Environment) -> None:
    before = environment.screen().crop((0, 0, 1024, 730))
    launchers = ("firefox-esr", "xterm", "mousepad", "pcmanfm", "galculator", "xpdf.real")
    for position, program in enumerate(launchers):
        environment.act("left_click", coordinate=[20 + 34 * position, 750])
        wait_until(partial(environment.programs, program), 10)
        wait_until(lambda: environment.screen().crop((0, 0, 1024, 730)).tobytes() != before.tobytes(), 20)
        environment.close_programs(launchers)


def test_the_browser_uses_the_images_profile(environment: Environment) -> None:
    """Firefox creates another profile, without the image's settings, unless installs.ini names one for its
    folder."""
    environment.launch("firefox-esr about:blank")
    profiles = environment.home / ".mozilla" / "firefox"
    wait_until((profiles / "desktop.default" / "prefs.js").exists, 40)
    assert [path.parent.name for path in profiles.glob("*/prefs.js")] == ["desktop.default"]
    environment.close_programs(["firefox-esr"])
