"""The container engine's command line: podman's or docker's, which have the same verbs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

# An engine that needs longer than this to tell its version is treated as not answering.
_ANSWER_SECONDS = 10.0
# The longest operation but a build: copying an image's files into a new volume, or pulling from loopback.
_WORK_SECONDS = 300.0


class EngineError(Exception):
    """The engine refused something; the message has its words."""


class Engine:
    """A podman or docker command. `command` is a name on PATH or a path; times are in seconds."""

    def __init__(self, command: str, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self.command = command
        self._answer_seconds = answer_seconds

    @cached_property
    def is_podman(self) -> bool:
        """Whether it is podman, which can join a network namespace by path. Raises `EngineError`."""
        return self.run("--version", seconds=self._answer_seconds).startswith("podman")

    def unavailable(self) -> str | None:
        """Why no container can be run with it, as a sentence for a person; None when it can."""
        if shutil.which(self.command) is None:
            return f"There is no {self.command} command."
        try:
            self.run("version", "--format", "{{.Server.Version}}", seconds=self._answer_seconds)
        except EngineError as error:
            return f"The container engine does not answer ({error})."
        return None

    def has(self, image: str) -> bool:
        """Whether the engine's storage holds the image."""
        return self.process("image", "inspect", "--format={{.Id}}", "--", image).returncode == 0

    def run(
        self,
        *arguments: str,
        text: str = "",
        environment: Mapping[str, str] | None = None,
        held: Sequence[int] = (),
        seconds: float = _WORK_SECONDS,
    ) -> str:
        """Run a command to its end and return what it printed, without the last line's end.

        The arguments are those of `process`. Raises `EngineError` when the command fails or takes too long.
        """
        ended = self.process(*arguments, text=text, environment=environment, held=held, seconds=seconds)
        if ended.returncode != 0:
            said = ended.stderr.strip() or ended.stdout.strip() or f"exit status {ended.returncode}"
            raise EngineError(f"{arguments[0]}: {said}")
        return ended.stdout.rstrip("\n")

    def process(
        self,
        *arguments: str,
        text: str = "",
        environment: Mapping[str, str] | None = None,
        held: Sequence[int] = (),
        seconds: float = _WORK_SECONDS,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever its exit status.

        `text` is its standard input, `environment` its variables (default: `own_environment()`); the
        descriptors `held` stay open until it has ended. Raises `EngineError` when it cannot be started or
        takes too long.
        """
        try:
            return subprocess.run(
                [self.command, *arguments],
                input=text,
                env=own_environment() if environment is None else environment,
                pass_fds=held,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except OSError as error:
            raise EngineError(f"{self.command}: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"{arguments[0]} did not end within {seconds:g} s") from error

    def attach(self, *arguments: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a command in `folder`; its output and errors are one pipe. Ctrl-C at the terminal does not
        reach it."""
        try:
            return subprocess.Popen(
                [self.command, *arguments],
                env=own_environment(),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(f"{self.command}: {error.strerror}") from error


def own_environment() -> dict[str, str]:
    """This process's environment, with docker's hints about other products switched off."""
    return {**os.environ, "DOCKER_CLI_HINTS": "false"}
