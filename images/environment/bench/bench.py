"""Prints how fast and how large the desktop is, compared with the sample that it replaces and with the least
time that is possible.

The sample's figures are recorded ones, or measured in this run if --baseline names a checkout of it.
"""

import argparse
import base64
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from baseline import RECORDED, Baseline
from conftest import make_key_pair
from desktop_control.display.capture import ScreenCapture
from desktop_control.display.connection import Connection
from desktop_control.display.png import encode_png
from running import Environment, descendants, picture, wait_until

_RUNS = 20
_STARTS = 5
_QUIET_MS = 80.0
_FINAL_PIXELS = 400
# The panel's clock may change between two screenshots, so it is left out.
_WITHOUT_CLOCK = (0, 0, 950, 768)
_LAUNCHERS = {"xterm": 54, "mousepad": 88, "pcmanfm": 122, "galculator": 156}

ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "screenshot": ("computer", {"action": "screenshot"}),
    "mouse_move": ("computer", {"action": "mouse_move"}),
    "left_click": ("computer", {"action": "left_click"}),
    "key Return": ("computer", {"action": "key", "text": "Return"}),
    "type hello world": ("computer", {"action": "type", "text": "hello world"}),
    "bash echo": ("bash", {"command": "echo hi"}),
}
GOALS_MS = {
    "screenshot": 25.0,
    "mouse_move": 120.0,
    "left_click": 120.0,
    "key Return": 120.0,
    "ready": 2000.0,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", type=Path, help="the sample's folder with its app.py")
    parser.add_argument("--baseline-python", default=sys.executable, help="a Python with flask[async]")
    parser.add_argument("--image", help="name of the built image, for its size by layer")
    arguments = parser.parse_args()

    key_pair = make_key_pair()
    ready = start_times(key_pair)
    environment = Environment(*key_pair).start()
    try:
        environment.launch("xterm -geometry 80x24+100+100 -e sh -c 'ls -l /usr/bin | head -20; exec sh'")
        environment.act("wait", duration=1)
        environment.act("left_click", coordinate=[300, 300])
        limits = {"screenshot": picture_limit(environment)} | dict.fromkeys(
            ("mouse_move", "left_click", "key Return", "type hello world"), _QUIET_MS
        )
        ours = {name: times(partial(act, environment, name)) for name in ACTIONS} | {"ready": ready}
        memory = resident_megabytes(environment)
        environment.close_programs()
        launches, unfinished = launch_times(environment)
    finally:
        environment.remove()
    baseline, source = baseline_medians(arguments)

    print(f"{'':18}{'median ms':>10}{'p95':>8}{'sample':>9}{'faster':>8}{'limit':>8}{'ratio':>7}{'goal':>7}")
    for name, measured in ours.items():
        print_row(name, measured, baseline.get(name), limits.get(name), GOALS_MS.get(name))
    print_row("launch, settled", launches, None, None, None)
    print(
        f"sample: {source}; limit: grab, encode and base64 in process; {_QUIET_MS:.0f} ms of quiet for input"
    )
    print(f"launches whose picture was not final after 2 s: {unfinished} of {len(launches)}")
    print(f"resident memory (PSS) of the idle environment with one terminal: {memory:.0f} MB")
    print(image_sizes(arguments.image))


def start_times(key_pair: tuple[str, str]) -> list[float]:
    """Milliseconds from the start of the entry point to the first screenshot, which waits for the window
    manager."""
    measured = []
    for _ in range(_STARTS):
        environment = Environment(*key_pair)
        began = time.monotonic()
        try:
            environment.start()
            environment.act("screenshot")
            measured.append((time.monotonic() - began) * 1000)
        finally:
            environment.remove()
    return measured


def act(environment: Environment, name: str) -> None:
    """Run one action. Moves and clicks alternate between two positions."""
    tool, tool_input = ACTIONS[name]
    if name in ("mouse_move", "left_click"):
        act_at = 300 + 40 * (time.monotonic_ns() // 1000 % 2)
        tool_input = tool_input | {"coordinate": [act_at, act_at]}
    environment.execute(tool, **tool_input)


def times(action: Callable[[], object]) -> list[float]:
    """Milliseconds of each of _RUNS runs."""
    measured = []
    for _ in range(_RUNS):
        began = time.monotonic()
        action()
        measured.append((time.monotonic() - began) * 1000)
    return measured


def picture_limit(environment: Environment) -> float:
    """Milliseconds for a screenshot without HTTP, queue and JSON."""
    server = Path(f"/proc/{environment.service_process('Xtigervnc')}/cmdline").read_bytes().split(b"\0")
    os.environ["XAUTHORITY"] = f"{environment.variables['RUNTIME_DIRECTORY']}/display/Xauthority"
    connection = Connection(server[1].decode())
    capture = ScreenCapture(connection)
    measured = times(lambda: base64.b64encode(encode_png(capture.grab())))
    capture.close()
    connection.close()
    return statistics.median(measured)


def launch_times(environment: Environment) -> tuple[list[float], int]:
    """Start each program five times. Returns the milliseconds until each answer, and how many of the
    screenshots were not final."""
    measured, unfinished = [], 0
    for name, x in [*_LAUNCHERS.items()] * 5:
        began = time.monotonic()
        result = environment.act("left_click", coordinate=[x, 750])
        measured.append((time.monotonic() - began) * 1000)
        time.sleep(max(0.0, 2.0 - (time.monotonic() - began)))
        shown, final = (
            image.crop(_WITHOUT_CLOCK).tobytes() for image in (picture(result), environment.screen())
        )
        changed = sum(
            shown[index : index + 3] != final[index : index + 3] for index in range(0, len(shown), 3)
        )
        if changed > _FINAL_PIXELS:
            unfinished += 1
            print(f"not final: {name}, {changed} pixels changed, settled: {result['settled']}")
        environment.close_programs()
        wait_until(lambda name=name: not environment.programs(name), 10)
        environment.act("mouse_move", coordinate=[500, 200])
        environment.act("wait", duration=0.5)
    return measured, unfinished


def resident_megabytes(environment: Environment) -> float:
    """Proportional set size of the supervisor and everything below it, in MB."""
    total = 0
    for process in [environment.process.pid, *descendants(environment.process.pid)]:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def baseline_medians(arguments: argparse.Namespace) -> tuple[dict[str, float], str]:
    """The sample's medians and where they come from."""
    if arguments.baseline is None:
        return RECORDED, "recorded"
    medians = {"ready": RECORDED["ready"]}
    for name, (tool, tool_input) in ACTIONS.items():
        # A new process for each action, because the sample's shell works only once in a process.
        with Baseline(arguments.baseline, arguments.baseline_python) as sample:
            runs = 1 if tool == "bash" else 5
            measured = []
            for index in range(runs):
                point: dict[str, Any] = {"coordinate": [300 + index, 300]} if name == "mouse_move" else {}
                measured.append(sample.execute(tool, **tool_input, **point))
        medians[name] = statistics.median(measured)
    return medians, "measured in this run (ready: recorded)"


def image_sizes(name: str | None) -> str:
    """The built image's size and the sizes of its layers, the newest first."""
    engine = shutil.which("docker") or shutil.which("podman")
    if name is None or engine is None:
        return "image size: not measured (no --image, or neither docker nor podman)"

    def ask(*arguments: str) -> str:
        return subprocess.run([engine, *arguments], capture_output=True, text=True, check=True).stdout

    total = int(ask("image", "inspect", "--format", "{{.Size}}", name))
    lines = [f"image size, uncompressed: {total / 1e6:.0f} MB, by layer:"]
    for line in ask("history", "--no-trunc", "--format", "{{.Size}}\t{{.CreatedBy}}", name).splitlines():
        size, _, command = line.partition("\t")
        if not size.startswith("0"):
            lines.append(f"{size:>10}  {' '.join(command.split())[:90]}")
    return "\n".join(lines)


def print_row(
    name: str, measured: list[float], baseline: float | None, limit: float | None, goal: float | None
) -> None:
    """One line of the table."""
    median = statistics.median(measured)
    p95 = sorted(measured)[round(0.95 * (len(measured) - 1))]
    row = f"{name:18}{median:10.1f}{p95:8.1f}"
    row += f"{baseline:9.0f}{baseline / median:7.0f}x" if baseline else f"{'-':>9}{'-':>8}"
    row += f"{limit:8.1f}{median / limit:7.2f}" if limit else f"{'-':>8}{'-':>7}"
    row += f"{goal:7.0f}" if goal else f"{'-':>7}"
    print(row)


if __name__ == "__main__":
    main()
