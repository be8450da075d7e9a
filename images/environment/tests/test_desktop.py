"""What a person or an agent finds on the desktop."""

from running import Environment, wait_until


def test_launchers_of_the_panel_start_programs(environment: Environment) -> None:
    before = environment.screen()
    for x, program in ((54, "xterm"), (88, "mousepad"), (122, "pcmanfm"), (156, "galculator"), (190, "xpdf")):
        environment.act("left_click", coordinate=[x, 750])
        wait_until(lambda name=program: environment.bash(f"pgrep {name}")["output"] is not None, 10)
        wait_until(lambda: environment.screen().crop((0, 0, 1024, 730)).tobytes() != before.tobytes(), 10)
        environment.close_programs()
