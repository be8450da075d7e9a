"""The task runner as a process: found by its state file, started, replaced, stopped."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from launcher import emulator_process, local_aws, processes
from launcher.places import Places
from launcher.report import Failure, say

START_SECONDS = 60.0
# The runner itself gives its tasks 60 s.
STOP_SECONDS = 75.0
_MODEL_API = "--model-api"
_MARK = "--- started "  # in the log, before what each runner says

# All that the runner gets of a person's environment: where programs are, the language, and their Docker.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
_KEPT_PREFIX = "DOCKER_"

# Python complains of a child that is forgotten while it runs, as this one is meant to.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Runner:
    """A runner that works. `guard` starts `work` again when that dies; `arguments` are what it was told."""

    guard: int
    work: int
    arguments: tuple[str, ...]

    @property
    def model_api(self) -> str | None:
        """Where its tasks reach the model's API; None when they reach none."""
        told = dict(zip(self.arguments, self.arguments[1:], strict=False))
        return told.get(_MODEL_API)


def running(places: Places) -> Runner | None:
    """The runner that the state file names, if its guard is alive: that keeps the other going."""
    try:
        claimed = json.loads(places.runner.read_text(encoding="utf-8"))
        found = Runner(claimed["guard"], claimed["work"], tuple(claimed["arguments"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return found if processes.is_alive(found.guard) and _is_runner(found.guard) else None


def _is_runner(pid: int) -> bool:
    # Another process may have got its id meanwhile.
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "-m runner " in shown.stdout


def start(places: Places, url: str, instance: str, model_api: str | None) -> Runner:
    """A runner for the local AWS at `url`: the one that runs, or a new one.

    `instance` tells one emulator from the next at the same address, and `model_api` where the model's API is.
    """
    arguments = [*_arguments(places, url, model_api), "--instance", instance]
    found = running(places)
    if found is not None and found.arguments == tuple(arguments):
        return found
    if found is not None:
        say("The task runner is started anew, with other settings; its tasks start again.")
        stop(places)
    elif was_killed(places):
        say("The task runner had ended without being told to; it is started again.")
    return _launch(places, arguments)


def stop(places: Places) -> None:
    """Stop it with all its tasks. One that had to be killed, now or before, leaves nothing here either."""
    found = running(places)
    if found is not None:
        processes.end(found.guard, STOP_SECONDS)
    if was_killed(places):
        _clean(places, "here", found.arguments if found else ())


def was_killed(places: Places) -> bool:
    """Whether it ended without taking back what it had registered."""
    return places.runner.is_file() and running(places) is None


def clean(places: Places, url: str) -> None:
    """After a runner was killed: take back what it had registered in the AWS and had on this machine."""
    _clean(places, "everywhere", _arguments(places, url, None))


def _clean(places: Places, where: str, arguments: Sequence[str]) -> None:
    # On this machine alone, the AWS is not asked, wherever it was.
    told = arguments or _arguments(places, "http://127.0.0.1:1", None)
    command = [*_command(places), *told, "--only-clean", where]
    ended = subprocess.run(
        command, cwd=places.sources, env=_environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise Failure(f"What the killed task runner has left cannot be removed:\n{ended.stderr}")
    places.runner.unlink(missing_ok=True)


def log_tail(places: Places, lines: int = 8) -> str:
    """The last lines since the runner's last start."""
    try:
        said = places.runner_log.read_text(encoding="utf-8").rpartition(_MARK)[2]
        return "\n".join(said.splitlines()[1:][-lines:])
    except FileNotFoundError:
        return ""


def _arguments(places: Places, url: str, model_api: str | None) -> list[str]:
    return [
        *("--endpoint", url),
        *("--region", local_aws.REGION),
        *("--folder", str(places.runner.parent)),
        *("--engine", str(places.engine)),
        *("--registry", _registry(places)),
        *((_MODEL_API, model_api) if model_api else ()),
    ]


def _registry(places: Places) -> str:
    """Where the images are; after the local AWS has ended there are none, and only leftovers to remove."""
    emulator = emulator_process.running(places)
    return emulator.registry if emulator and emulator.registry else "none"


def _environment() -> dict[str, str]:
    kept = (name for name in os.environ if name in _KEPT or name.startswith(_KEPT_PREFIX))
    return {name: os.environ[name] for name in kept}


def _command(places: Places) -> list[str]:
    return [str(places.python), "-m", "runner"]


def _launch(places: Places, arguments: list[str]) -> Runner:
    places.logs.mkdir(parents=True, exist_ok=True)
    places.runner.unlink(missing_ok=True)
    with places.runner_log.open("a", encoding="utf-8") as log:
        log.write(f"{_MARK}{datetime.now().astimezone().isoformat(timespec='seconds')}\n")
        log.flush()
        child = subprocess.Popen(
            [*_command(places), *arguments],
            cwd=places.sources,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it outlives the launcher, and a Ctrl-C meant for that
        )
    _started.append(child)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = running(places)
        if found is not None and found.guard == child.pid:
            return found
        if child.poll() is not None:
            raise Failure(f"The task runner does not start. Its log: {places.runner_log}\n{log_tail(places)}")
        time.sleep(0.05)
    processes.end(child.pid, STOP_SECONDS)
    raise Failure(f"The task runner has not started in {START_SECONDS:.0f} s. Its log: {places.runner_log}")
