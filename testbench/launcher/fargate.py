"""Prepares the container engine for the local stack's tasks and starts the task runner.

`pages` waits until the tasks' pages can be opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from launcher import containers, runner_process
from launcher.building import Part
from launcher.places import Places
from launcher.report import Clock, Failure, say
from runner.model_api import ModelApi


def prepare(places: Places, clock: Clock) -> str | None:
    """What tasks need on this machine. None, or why tasks can't run on it: a sentence for a person."""
    if reason := containers.prepare(places, clock):
        return reason
    containers.provide_base(places, clock)
    return None


def console(places: Places) -> Part:
    """The console's Python, with what its tests and the demo use besides."""
    orchestration = places.root / "images" / "orchestration"
    installed = places.orchestration_venv / "installed"
    return Part(
        "console",
        "installing the console's packages",
        (("make", "--no-print-directory", "-C", str(orchestration), str(installed)),),
        (orchestration / "requirements-test.txt", orchestration / "leave_out.py"),
        (installed,),
    )


def start(places: Places, url: str, instance: str) -> None:
    """The runner for the local AWS at `url`. `ANTHROPIC_BASE_URL` says where the model's API is."""
    runner_process.start(places, url, instance, model_api(os.environ))


def model_api(variables: Mapping[str, str]) -> str | None:
    """Where a person says that the model's API is. Raises `Failure` for what cannot be one."""
    url = variables.get("ANTHROPIC_BASE_URL")
    try:
        return ModelApi(url).url if url else None
    except ValueError as error:
        raise Failure(f"ANTHROPIC_BASE_URL: {error}") from None


def not_enforced(places: Places) -> list[str]:
    """Guarantees of AWS that the runner says it cannot keep on this machine."""
    try:
        state = json.loads(places.runner.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return list(state.get("not_enforced", []))


def tell(reason: str) -> None:
    say(f"No task runs on this machine: {reason}. The services only count as running.")
