"""A deployed stack to measure, apart from the stack of `make up`: an emulator and a state of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher import local_aws, tools
from launcher.places import Places


@dataclass(frozen=True)
class Deployment:
    """A deployed stack. `up_seconds` is what its first `pulumi up` took."""

    places: Places
    pulumi: Path
    variables: Mapping[str, str]
    up_seconds: float = 0.0

    def run(self, project: Path, *arguments: str, **variables: str) -> str:
        """Run `pulumi` in a project folder and return what it printed. Exits with its output if it fails."""
        command = [str(self.pulumi), *arguments, "--stack", "local", "--non-interactive"]
        environment = {**self.variables, **variables}
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def resources(self) -> list[dict[str, Any]]:
        """The state's resources as `pulumi stack export` tells them."""
        exported = json.loads(self.run(self.places.root, "stack", "export"))
        resources: list[dict[str, Any]] = exported["deployment"]["resources"]
        return resources


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    """Deploy this checkout's program into an emulator of its own, with the state in `folder`.

    The emulator ends with this process, and the stack of `make up` is not touched.
    """
    places = Places.of_this_checkout()
    command = [str(places.python), "-m", "emulator", "--exit-with-parent"]
    with subprocess.Popen(
        command,
        cwd=places.sources,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as emulator:
        assert emulator.stdin is not None
        assert emulator.stdout is not None
        try:
            url = emulator.stdout.readline().removeprefix("listening on ").strip()
            state = folder / "state"
            state.mkdir()
            variables = {
                **local_aws.environment(places, url, os.environ),
                "PULUMI_BACKEND_URL": state.as_uri(),
            }
            empty = Deployment(places, tools.pulumi(places), variables)
            empty.run(places.root, "stack", "init")
            began = time.monotonic()
            empty.run(places.project, "up", "--yes", "--skip-preview")
            yield Deployment(places, empty.pulumi, variables, time.monotonic() - began)
        finally:
            emulator.stdin.close()
