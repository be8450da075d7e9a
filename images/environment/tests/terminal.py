"""An xterm on the desktop that writes the typed text into a file."""

from running import Environment, wait_until

_COLOR = (255, 0, 0)


class Terminal:
    """Runs `cat` with the terminal in raw mode, so that the file holds every byte unchanged."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._file = environment.home / "typed.txt"
        self._file.unlink(missing_ok=True)
        ready = environment.home / "ready"
        ready.unlink(missing_ok=True)
        environment.launch(
            "xterm -geometry 80x24+100+100 -bg '#ff0000' -fg '#ffffff' -e "
            "sh -c 'stty raw -echo; touch ~/ready; exec cat > ~/typed.txt'"
        )
        wait_until(ready.exists, 10)
        wait_until(lambda: environment.screen().getpixel((500, 400)) == _COLOR, 10)
        # Input of an earlier test's person may still pause the agent.
        wait_until(
            lambda: (
                environment.execute("computer", action="left_click", coordinate=[200, 300])["error"] is None
            ),
            10,
        )

    def typed(self, length: int) -> str:
        """The typed text, once `length` bytes have arrived."""
        wait_until(
            lambda: self._file.stat().st_size >= length,
            20,
            lambda: f"{self._file.stat().st_size} of {length}",
        )
        return self._file.read_bytes().decode("utf-8").replace("\r", "\n")
