"""Starts a real desktop through the installation's entry point, as the container does."""

import base64
import contextlib
import io
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests
from PIL import Image

PREFIX = Path(os.environ["ENVIRONMENT_PREFIX"])
TOKEN = "test-token-7f3a9c5e1b"
USERNAME = "computeruse"
PASSWORD = "a test passphrase of some length"
HUMAN_PAUSE_SECONDS = 2
BASH_TIMEOUT_SECONDS = 5
DESKTOP_USER = 64012
PROGRAMS = ("xterm", "galculator", "mousepad", "pcmanfm", "xpdf.real", "xpdf")


def free_display() -> int:
    """An unused X display number, chosen at random so that test runs on one machine do not collide."""
    return next(
        number
        for number in random.sample(range(100, 9000), 8900)
        if not Path(f"/tmp/.X{number}-lock").exists() and not Path(f"/tmp/.X11-unix/X{number}").exists()
    )


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Environment:
    """One running environment. `folder` holds its runtime directory, its desktop's home and its log."""

    def __init__(
        self, certificate: str, private_key: str, overrides: Mapping[str, str] | None = None
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="environment-test-"))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.log_file = self.folder / "log"
        self.control_port, self.viewer_port = free_port(), free_port()
        self.variables = {
            "PATH": "/usr/bin:/bin",
            "LOGIN_USERNAME": USERNAME,
            "LOGIN_PASSWORD": PASSWORD,
            "TLS_CERTIFICATE": certificate,
            "TLS_PRIVATE_KEY": private_key,
            "CONTROL_TOKEN": TOKEN,
            "BIND_ADDRESS": "127.0.0.1",
            "DISPLAY_NUMBER": str(free_display()),
            "CONTROL_PORT": str(self.control_port),
            "VIEWER_PORT": str(self.viewer_port),
            "RUNTIME_DIRECTORY": str(self.folder / "runtime"),
            "DESKTOP_HOME": str(self.home),
            "HUMAN_PAUSE_SECONDS": str(HUMAN_PAUSE_SECONDS),
            "BASH_TIMEOUT_SECONDS": str(BASH_TIMEOUT_SECONDS),
            **(overrides or {}),
        }
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def start(self, starter: Sequence[str] = ()) -> "Environment":
        """Start and wait until the display answers. `starter` goes in front of the entry point."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [*starter, str(PREFIX / "environment")],
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self.is_healthy, 15, self.log)
        return self

    def stop(self) -> float:
        """Send SIGTERM, and return the seconds until the supervisor ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began

    def remove(self) -> None:
        """Stop the desktop and delete its folder."""
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)

    @property
    def control_url(self) -> str:
        """The control API's address."""
        return f"http://127.0.0.1:{self.control_port}"

    @property
    def viewer_url(self) -> str:
        """Where the viewer is."""
        return f"https://127.0.0.1:{self.viewer_port}"

    def is_healthy(self) -> bool:
        """Whether the health check answers 200."""
        try:
            return requests.get(f"{self.control_url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def post(self, body: object, **arguments: Any) -> requests.Response:
        """Send POST /execute with the token."""
        return self.session.post(f"{self.control_url}/execute", json=body, timeout=60, **arguments)

    def execute(
        self, tool: str, options: Mapping[str, object] | None = None, **tool_input: Any
    ) -> dict[str, Any]:
        """Run a tool and return its result. The status must be 200."""
        response = self.post({"tool": tool, "input": tool_input, **({"options": options} if options else {})})
        assert response.status_code == 200, response.text
        result: dict[str, Any] = response.json()
        return result

    def act(self, action: str, **tool_input: Any) -> dict[str, Any]:
        """Run a computer action that must not fail."""
        result = self.execute("computer", action=action, **tool_input)
        assert result["error"] is None, result["error"]
        return result

    def bash(self, command: str) -> dict[str, Any]:
        """Run a shell command."""
        return self.execute("bash", command=command)

    def launch(self, command: str) -> None:
        """Start a program on the desktop that outlives the shell."""
        assert self.bash(f"(setsid {command} >/dev/null 2>&1 &)")["error"] is None

    def programs(self, name: str) -> list[int]:
        """Process ids of this desktop's programs called `name`."""
        return [process for process in descendants(self.process.pid) if _name_of(process) == name]

    def close_programs(self, names: Iterable[str] = PROGRAMS) -> None:
        """Kill programs that tests started."""
        for name in names:
            for process in self.programs(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def screen(self) -> Image.Image:
        """A screenshot."""
        return picture(self.act("screenshot"))

    def service_process(self, name: str) -> int:
        """The process id of the newest program of this environment whose command contains `name`."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [
                process
                for process in descendants(self.process.pid)
                if name in (command := command_of(process))
                and "s6-" not in command
                and "as-desktop" not in command
            ]
            return bool(found)

        wait_until(look, 10, lambda: f"no {name} is running")
        return max(found)

    def log(self) -> str:
        """The log so far."""
        return self.log_file.read_text(errors="replace")


def picture(result: Mapping[str, Any]) -> Image.Image:
    """The screenshot in a result."""
    return Image.open(io.BytesIO(base64.b64decode(result["base64_image"]))).convert("RGB")


def descendants(process: int) -> list[int]:
    """Process ids of all descendants of `process`."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            direct = [int(child) for child in children.read_text().split()]
        except OSError:
            continue
        for child in direct:
            found += [child, *descendants(child)]
    return found


def command_of(process: int) -> str:
    """A process's command line, or an empty text if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def wait_until(condition: Any, seconds: float, explain: Any = lambda: "") -> None:
    """Wait until `condition()` is true, asking every 50 ms. After `seconds`, fail with `explain()`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {explain()}"
        time.sleep(0.05)
