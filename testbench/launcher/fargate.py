"""Has the tasks of the local stack run: what they need, and the runner. Their pages are in `pages`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from launcher import packages, runner_process
from launcher.building import Part, build_stale
from launcher.places import Places
from launcher.report import Clock, Failure, say
from runner.model_api import ModelApi
from runner.tasks.docker_cli import Docker


def prepare(places: Places, clock: Clock) -> str | None:
    """What tasks need on this machine. None, or why tasks can't run on it: a sentence for a person."""
    if Docker().unavailable() is None:
        if sys.platform == "linux" and os.geteuid() == 0:
            # Without them the containers would do with less than namespaces.
            packages.provide(places, clock, [places.sources / "packages.txt"], "the tasks' network")
        return None
    if os.geteuid() != 0:
        return "that takes a Docker daemon, or root on Debian (the desktop keeps two users apart)"
    if reason := packages.provide(places, clock, packages.for_tasks(places), "the sandbox without Docker"):
        return reason
    build_stale(places, parts(places), clock)
    return None


def parts(places: Places) -> list[Part]:
    """The images' programs, installed for a run without a container."""
    return [_desktop(places), console(places)]


def _desktop(places: Places) -> Part:
    environment = places.root / "images" / "environment"
    return Part(
        "desktop",
        "installing the desktop",
        (
            (
                *("make", "--no-print-directory", "-C", str(environment), "install"),
                f"PREFIX={places.environment_prefix}",
            ),
        ),
        (
            *(environment / name for name in ("Makefile", "users.conf", "environment", "healthcheck")),
            *(environment / name for name in ("src", "services", "desktop", "browser", "skeleton", "helper")),
            environment / "requirements-test.txt",
        ),
        (places.environment_prefix / "environment",),
    )


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
