"""The docker command: whatever daemon it reaches, with the person's own configuration of it.

Standard library only, since the launcher removes leftovers with it before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

# A daemon that takes longer to tell its version does not answer.
_ANSWER_SECONDS = 10.0
# The longest work that is waited for: a new volume gets the files that the image has there.
_WORK_SECONDS = 300.0


class DockerError(Exception):
    """The docker command or its daemon refused something; the message has its words."""


class Docker:
    """A docker command. `command` is its name on PATH or its path; times are in seconds."""

    def __init__(self, command: str = "docker", answer_seconds: float = _ANSWER_SECONDS) -> None:
        self.command = command
        self._answer_seconds = answer_seconds

    def unavailable(self) -> str | None:
        """Why no container can be run with it, as a sentence for a person; None when its daemon answers."""
        if shutil.which(self.command) is None:
            return f"There is no {self.command} command on PATH."
        try:
            self.run("version", "--format", "{{.Server.Version}}", seconds=self._answer_seconds)
        except DockerError as error:
            return f"No Docker daemon answers ({error})."
        return None

    def run(
        self,
        *arguments: str,
        text: str = "",
        environment: Mapping[str, str] | None = None,
        held: Sequence[int] = (),
        seconds: float = _WORK_SECONDS,
    ) -> str:
        """Run it to its end; what it printed, without the last line's end.

        `text` is its input, `environment` its own (default: `own_environment()`), `held` are descriptors that
        stay open until it has ended. Raises `DockerError`.
        """
        try:
            ended = subprocess.run(
                [self.command, *arguments],
                input=text,
                env=own_environment() if environment is None else environment,
                pass_fds=held,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except OSError as error:
            raise DockerError(f"{self.command}: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise DockerError(f"docker {arguments[0]} did not end within {seconds:g} s") from error
        if ended.returncode != 0:
            said = ended.stderr.strip() or ended.stdout.strip() or f"exit status {ended.returncode}"
            raise DockerError(f"docker {arguments[0]}: {said}")
        return ended.stdout.rstrip("\n")

    def attach(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it; its output and errors are one pipe. Ctrl-C at the terminal does not reach it."""
        try:
            return subprocess.Popen(
                [self.command, *arguments],
                env=own_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise DockerError(f"{self.command}: {error.strerror}") from error


def own_environment() -> dict[str, str]:
    """This process's environment, and no advertisements in the output."""
    return {**os.environ, "DOCKER_CLI_HINTS": "false"}
