"""Runs the control API of the sample that this project replaces, from a checkout of the sample, for
comparison."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from running import free_port, wait_until

# Medians in milliseconds over HTTP, measured before on two cores at 1024x768 (start: seconds to a usable
# API).
RECORDED = {
    "screenshot": 362.0,
    "mouse_move": 2429.0,
    "left_click": 2466.0,
    "type hello world": 433.0,
    "key Return": 2387.0,
    "bash echo": 223.0,
    "ready": 16_200.0,
}


class Baseline:
    """Xvfb, a window manager and the sample's Flask app on loopback. `folder` is the checkout's
    `computer_use_aws/environment_image/computer_use_demo`; `python` has flask[async]."""

    def __init__(self, folder: Path, python: str) -> None:
        missing = [tool for tool in ("Xvfb", "xdotool", "scrot", "convert") if shutil.which(tool) is None]
        if missing:
            raise SystemExit(f"the baseline needs these programs too: {', '.join(missing)}")
        self._folder, self._python = folder, python
        self._port = free_port()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Baseline":
        number = next(n for n in range(90, 99) if not Path(f"/tmp/.X11-unix/X{n}").exists())
        variables = os.environ | {
            "DISPLAY": f":{number}",
            "DISPLAY_NUM": str(number),
            "WIDTH": "1024",
            "HEIGHT": "768",
        }
        self._start(
            ["Xvfb", f":{number}", "-ac", "-screen", "0", "1024x768x24", "-dpi", "96", "-nolisten", "tcp"],
            variables,
        )
        wait_until(Path(f"/tmp/.X11-unix/X{number}").exists, 10)
        self._start(["openbox"], variables)
        self._start(["tint2"], variables)
        self._start(["xterm", "-geometry", "80x24+100+100"], variables)
        self._start(
            [
                self._python,
                "-m",
                "flask",
                "--app",
                "app",
                "run",
                "--host",
                "127.0.0.1",
                "--port",
                str(self._port),
            ],
            variables,
        )
        wait_until(self._answers, 30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()

    def execute(self, tool: str, **tool_input: object) -> float:
        """Run a tool and return the milliseconds that it took."""
        began = time.monotonic()
        answer: dict[str, Any] = requests.post(
            f"http://127.0.0.1:{self._port}/execute", json={"tool": tool, "input": tool_input}, timeout=150
        ).json()
        assert "result" in answer, answer
        return (time.monotonic() - began) * 1000

    def _start(self, command: list[str], variables: dict[str, str]) -> None:
        self._processes.append(
            subprocess.Popen(
                command, env=variables, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self._port}/", timeout=5).status_code == 404
        except requests.ConnectionError:
            return False
