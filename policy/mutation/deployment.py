"""Deploys the unmodified Java program once, with the real engine and AWS provider, on its own emulator.

Two policy packs are enabled: the project's, which must find nothing, and the recorder.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from launcher import local_aws
from launcher.places import Places

from mutation.recording import Recording

ROOT = Path(__file__).parent.parent.parent
JAR = ROOT / "target" / "computer-use-sandbox.jar"
STACK = "local"


@dataclass(frozen=True)
class Deployment:
    """A deployed stack whose emulator is running. `environment` is for `pulumi` and for AWS clients."""

    folder: Path
    url: str
    environment: Mapping[str, str]
    outputs: Mapping[str, object]
    preview: Recording
    update: Recording

    def pulumi(self, *arguments: str, project: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run `pulumi` on the stack, or on another copy of the project with the same state."""
        return _pulumi(project or self.folder, self.environment, *arguments, "--stack", STACK)


@contextmanager
def deployed(
    folder: Path, through: Callable[[str], AbstractContextManager[str]] = nullcontext
) -> Iterator[Deployment]:
    """Deploy the program from a copy of the project in `folder`. Needs what `make tools` builds.

    `through` turns the emulator's URL into the one that Pulumi and the provider use, so that a proxy can
    record the requests. Raises AssertionError with Pulumi's output if the deployment fails or a policy finds
    something.
    """
    make_project(folder, JAR)
    recorded = folder / "recorded"
    recorded.mkdir()
    with _emulator() as url, through(url) as seen_by_pulumi:
        environment = _environment(folder, seen_by_pulumi) | {"RECORDED_REQUESTS": str(recorded)}
        _succeed(_pulumi(folder, environment, "stack", "select", "--create", STACK))
        packs = [
            "--policy-pack",
            str(ROOT / "policy"),
            "--policy-pack",
            str(Path(__file__).parent / "recorder"),
        ]
        _succeed(_pulumi(folder, environment, "up", "--yes", *packs))
        outputs = _pulumi(folder, environment, "stack", "output", "--json")
        _succeed(outputs)
        yield Deployment(
            folder,
            url,
            environment,
            json.loads(outputs.stdout),
            Recording.load(recorded, "preview"),
            Recording.load(recorded, "update"),
        )


def make_project(folder: Path, jar: Path) -> None:
    """Copy the files that a deployment needs into `folder`, set up to run this jar instead of compiling."""
    text = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    runtime = f"runtime:\n  name: java\n  options:\n    binary: {jar}\n"
    (folder / "Pulumi.yaml").write_text(text.replace("runtime: java\n", runtime), encoding="utf-8")
    shutil.copy(ROOT / "Pulumi.local.yaml", folder)
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "images"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, tracked.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def _pulumi(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def _succeed(process: "subprocess.CompletedProcess[str]") -> None:
    assert process.returncode == 0, f"{process.args}\n{process.stdout}\n{process.stderr}"


@contextmanager
def _emulator() -> Iterator[str]:
    command = [sys.executable, "-m", "emulator", "--port", "0", "--exit-with-parent"]
    with subprocess.Popen(
        command, cwd=ROOT / "testbench", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.terminate()


def _environment(folder: Path, url: str) -> dict[str, str]:
    """The launcher's environment for the local AWS, with the Pulumi state beside the copied project."""
    state = folder / "state"
    state.mkdir()
    environment = local_aws.environment(Places(ROOT), url, os.environ)
    return {**environment, "PULUMI_BACKEND_URL": state.as_uri()}
