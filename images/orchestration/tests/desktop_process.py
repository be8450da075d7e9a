"""The real desktop of the other image, started from its installation as its container starts it. On
loopback.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

from console_process import CONTROL_TOKEN, PASSWORD, USERNAME, certificate, free_port

READY_SECONDS = 30.0


@dataclass(slots=True)
class DesktopProcess:
    """A desktop. Use as a context manager. `starter` goes in front of the entry point's command."""

    control_port: int = field(default_factory=free_port)
    viewer_port: int = field(default_factory=free_port)
    # Another user than the test's runs it, so it cannot lie in pytest's private folder.
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="desktop-for-console-")))
    process: subprocess.Popen[bytes] | None = None
    starter: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where the control API is."""
        return f"http://127.0.0.1:{self.control_port}"

    def __enter__(self) -> DesktopProcess:
        self.folder.chmod(0o755)
        cert, key = certificate()
        variables = {
            "PATH": "/usr/bin:/bin",
            "DISPLAY_WIDTH": "1024",
            "DISPLAY_HEIGHT": "768",
            "VIEWER": "novnc",
            "HUMAN_PAUSE_SECONDS": "2",
            "LOGIN_USERNAME": USERNAME,
            "LOGIN_PASSWORD": PASSWORD,
            "TLS_CERTIFICATE": cert,
            "TLS_PRIVATE_KEY": key,
            "CONTROL_TOKEN": CONTROL_TOKEN,
            "BIND_ADDRESS": "127.0.0.1",
            "CONTROL_PORT": str(self.control_port),
            "VIEWER_PORT": str(self.viewer_port),
            "RUNTIME_DIRECTORY": str(self.folder / "runtime"),
            "DESKTOP_HOME": str(self.folder / "home"),
        }
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*self.starter, str(Path(os.environ["ENVIRONMENT_PREFIX"]) / "environment")],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + READY_SECONDS
        while not self.healthy():
            assert time.monotonic() < end, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)

    def healthy(self) -> bool:
        """Whether the display answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    def execute(self, tool: str, **value: Any) -> dict[str, Any]:
        """Use a tool behind the agent's back."""
        request = urllib.request.Request(
            f"{self.url}/execute",
            json.dumps({"tool": tool, "input": value}).encode(),
            {"authorization": f"Bearer {CONTROL_TOKEN}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            result: dict[str, Any] = json.load(response)
            return result
