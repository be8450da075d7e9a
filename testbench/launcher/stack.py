"""The Pulumi stack `local`, through the `pulumi` program and its file backend."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from launcher import processes, program
from launcher.places import Places
from launcher.report import Failure, say

NAME = "local"
POLICY_PACK = "policy"
_INTERRUPT_SECONDS = 5.0

# At most one at a time, because of the launcher's lock.
_in_foreground: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Stack:
    """Runs `pulumi` for one checkout. `variables` is the whole environment of the process."""

    places: Places
    pulumi: Path
    variables: Mapping[str, str]

    # --- what there is

    def checkpoint(self) -> dict[str, Any]:
        """The deployment that `pulumi stack export` prints; empty if there is no stack."""
        if not exists(self.places):
            return {}
        exported = self._ask("stack", "export", "--stack", NAME)
        deployment = json.loads(exported).get("deployment")
        return deployment if isinstance(deployment, dict) else {}

    # --- what can be done

    def select(self) -> None:
        """Select the stack, and create it if there is none. The committed settings file is not changed."""
        self.places.state.mkdir(parents=True, exist_ok=True)
        self._ask("stack", "select", "--create", NAME)

    def up(self) -> int:
        return self._show("up", "--yes", "--suppress-outputs", "--stack", NAME, *self._policies())

    def preview(self) -> int:
        return self._show("preview", "--stack", NAME, *self._policies())

    def refresh(self) -> int:
        return self._show("refresh", "--yes", "--skip-preview", "--stack", NAME)

    def drift(self) -> int:
        """Compare what exists with program and state, and change nothing. 0 only if they agree.

        The provider does not report a rule that somebody added to a security group; the policy pack finds it
        in what the refresh has read.
        """
        return self._show("preview", "--refresh", "--expect-no-changes", "--stack", NAME, *self._policies())

    def destroy(self) -> int:
        return self._show("destroy", "--yes", "--skip-preview", "--stack", NAME)

    def remove(self) -> None:
        """Remove the empty stack. Its settings file belongs to the repository and stays."""
        self._ask("stack", "rm", "--yes", "--preserve-config", "--stack", NAME)

    def outputs(self) -> str:
        return self._ask("stack", "output", "--stack", NAME)

    def outputs_json(self, show_secrets: bool = False) -> str:
        """The outputs as JSON. Secret ones are masked unless `show_secrets` is set."""
        shown = ["--show-secrets"] if show_secrets else []
        return self._ask("stack", "output", "--json", "--stack", NAME, *shown)

    def settings_json(self) -> str:
        """The settings with the project's defaults, as JSON. Secret ones are masked."""
        return self._ask("config", "--json", "--stack", NAME)

    def clear_dead_locks(self) -> None:
        """Remove the locks of `pulumi` processes that have died. Raises `Failure` if one is still alive."""
        for file in self.places.state.glob(f".pulumi/locks/**/{NAME}/*.json"):
            pid = _holder(file)
            if processes.is_alive(pid):
                raise Failure(f"`pulumi` (process {pid}) is at work on the stack. Wait for it, or stop it.")
            say(f"An earlier `pulumi` (process {pid}) was stopped in the middle; its lock is removed.")
            for part in file.parent.glob(f"{file.name}*"):  # the lock, and its attributes
                part.unlink()

    # --- how

    def _policies(self) -> tuple[str, str]:
        return "--policy-pack", str(self.places.root / POLICY_PACK)

    def _ask(self, *arguments: str) -> str:
        command = [str(self.pulumi), *arguments, "--non-interactive"]
        answer = subprocess.run(
            command,
            cwd=self.places.root,
            env=dict(self.variables),
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise Failure(f"`pulumi {' '.join(arguments)}` failed:\n{answer.stderr.strip()}")
        return answer.stdout

    def _show(self, *arguments: str) -> int:
        command = [str(self.pulumi), *arguments]
        return program.run(
            self.places,
            self.variables,
            lambda variables: run_in_foreground(command, self.places.project, variables),
        )


def exists(places: Places) -> bool:
    """Whether the file backend knows the stack."""
    return any(places.state.glob(f".pulumi/stacks/*/{NAME}.json"))


def run_in_foreground(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> int:
    """Run on the launcher's terminal. A Ctrl-C reaches the child too, and the launcher waits for its end.

    Then `KeyboardInterrupt` is raised, whatever the child's exit code: an interrupted `pulumi destroy` claims
    success.
    """
    interrupts = 0

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += 1

    # The child inherits an ignored signal, but not a handler.
    previous = signal.signal(signal.SIGINT, note)
    try:
        child = subprocess.Popen(command, cwd=folder, env=dict(variables))
        _in_foreground.append(child)
        code = child.wait()
    finally:
        _in_foreground.clear()
        signal.signal(signal.SIGINT, previous)
    if interrupts:
        raise KeyboardInterrupt
    return code


def interrupt_foreground() -> None:
    """End the command in the foreground as two Ctrl-C do; called from another thread.

    After the first one Pulumi waits for its providers, and the AWS provider does not stop waiting for AWS.
    """
    for child in list(_in_foreground):
        for _ in range(2):
            child.send_signal(signal.SIGINT)
            try:
                child.wait(_INTERRUPT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue


def _holder(file: Path) -> int:
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["pid"])
    except (ValueError, KeyError, TypeError):
        return 0


def aside(state: Path) -> Path:
    """Move a state to a folder whose name holds the time, and return that folder."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = state.with_name(f"{state.name}-stale-{stamp}-{os.getpid()}")
    state.rename(target)
    return target
