"""Plays the stack's whole life against an emulator that records each call: up, refresh, changes, destroy."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deployer.engine_project import PLACES, EngineProject

# The settings of the second `up`. With those of the first, which are the defaults, they use every kind of
# resource and every kind of change: other IP version, more gateways, more secrets, replaced and updated ones.
SECOND = {
    "deployerIp": '"2001:db8::1"',
    "natGateways": "2",
    "allowedDomains": '["example.com"]',
    "anthropicApiKey": '"sk-ant-not-a-key-0123456789"',
    "loginPassword": '"another-password-42"',
    "tcpIdleTimeoutSeconds": "600",
    "environmentMemory": "8192",
}
UP = ("up", "--yes", "--skip-preview")
REFRESH = ("refresh", "--yes", "--skip-preview", "--expect-no-changes")
DESTROY = ("destroy", "--yes", "--skip-preview")


class LifeFailed(RuntimeError):
    """A step of the life failed; the message is what Pulumi printed."""


@contextlib.contextmanager
def recording_emulator(calls: Path) -> Iterator[str]:
    """Starts an emulator that appends each call to the file, and gives its URL."""
    command = [sys.executable, "-m", "emulator", "--exit-with-parent", "--calls", str(calls)]
    with subprocess.Popen(
        command, cwd=PLACES.sources, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        announcement = process.stdout.readline().strip()
        try:
            yield announcement.removeprefix("listening on ")
        finally:
            process.stdin.close()


def live(project: EngineProject) -> None:
    """Play every step. Raises `LifeFailed` at the first step that fails."""
    step(project, *UP)
    step(project, *REFRESH)
    project.configure(SECOND)
    step(project, *UP)
    step(project, *DESTROY)


def step(project: EngineProject, *arguments: str) -> None:
    """Run one Pulumi command. Raises `LifeFailed` if it fails."""
    done = project.run(*arguments)
    if done.returncode != 0:
        raise LifeFailed(f"pulumi {' '.join(arguments)}:\n{done.stdout}")
