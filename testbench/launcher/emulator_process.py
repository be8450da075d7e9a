"""The emulator as a background process: starts it, finds a running one, stops it."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from launcher import processes
from launcher.places import Places
from launcher.report import Failure, say

DEFAULT_PORT = 4599
START_SECONDS = 60.0
STOP_SECONDS = 5.0


# Python warns about a `Popen` that is dropped while its process runs. This one runs on, on purpose.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Emulator:
    """A running emulator. `instance` differs for each process, as does what it holds."""

    pid: int
    port: int
    url: str
    instance: str
    started: str
    registry: str = ""  # HOST:PORT of the images that ECR holds


def running(places: Places) -> Emulator | None:
    """The emulator that the state file names, or None if it no longer runs."""
    try:
        claimed = Emulator(**json.loads(places.emulator.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if not processes.is_alive(claimed.pid):
        return None
    return claimed if _answers(claimed) else None


def _answers(claimed: Emulator) -> bool:
    # Another process may have the id or the port by now; only the instance identifies the emulator.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{claimed.url}/_emulator", timeout=10) as answer:
            return bool(json.load(answer)["instance"] == claimed.instance)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def start(places: Places) -> Emulator:
    """Return the running emulator, or start one on the port of the last; on a free port if that is taken."""
    found = running(places)
    if found:
        return found
    port = _last_port(places)
    emulator = _launch(places, port)
    if emulator is None:
        emulator = _launch(places, 0)
        if emulator is None:
            raise Failure(
                f"The local AWS does not start. Its log: {places.emulator_log}\n{_log_tail(places)}"
            )
        say(f"Port {port} is taken by another program; the local AWS listens on {emulator.port} instead.")
    places.last_port.write_text(f"{emulator.port}\n", encoding="utf-8")
    return emulator


def likely_url(places: Places) -> str:
    """Where the emulator listens, or would listen next."""
    found = running(places)
    return found.url if found else f"http://127.0.0.1:{_last_port(places)}"


def _last_port(places: Places) -> int:
    try:
        return int(places.last_port.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return DEFAULT_PORT


def _launch(places: Places, port: int) -> Emulator | None:
    places.logs.mkdir(parents=True, exist_ok=True)
    places.emulator.unlink(missing_ok=True)
    command = [
        str(places.python),
        "-m",
        "emulator",
        "--port",
        str(port),
        "--state-file",
        str(places.emulator),
        "--registry",
        str(places.bin / "oci-registry"),
        "--layers",
        str(places.registry),
    ]
    with places.emulator_log.open("a", encoding="utf-8") as log:
        child = subprocess.Popen(
            command,
            cwd=places.sources,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it outlives the launcher, and a Ctrl-C meant for that
        )
    _started.append(child)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = running(places)
        if found and found.pid == child.pid:
            return found
        if child.poll() is not None:
            return None
        time.sleep(0.05)
    processes.end(child.pid, STOP_SECONDS)
    raise Failure(f"The local AWS has not started in {START_SECONDS:.0f} s. Its log: {places.emulator_log}")


def _log_tail(places: Places, lines: int = 8) -> str:
    return "\n".join(places.emulator_log.read_text(encoding="utf-8").splitlines()[-lines:])


def stop(places: Places) -> bool:
    """Stop the emulator. False if none was running."""
    found = running(places)
    if found:
        processes.end(found.pid, STOP_SECONDS)
    places.emulator.unlink(missing_ok=True)
    return found is not None
