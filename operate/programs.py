"""Runs programs on this machine that a deployment needs, and reads their versions."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0
Version = tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """The result of running a program. `code` is None if it could not be run; then `error` says why."""

    code: int | None
    output: str = ""
    error: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the program ran and exited with status 0."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last line of the error output, for use in a message."""
        lines = [line.strip() for line in self.error.splitlines() if line.strip()]
        return lines[-1] if lines else f"it ended with status {self.code}"


def ask(*command: str, folder: Path | None = None, variables: Mapping[str, str] | None = None) -> Answer:
    """Run a command for at most a minute. Never raises; a failure is part of the returned answer."""
    if shutil.which(command[0]) is None:
        return Answer(None, error=f"{command[0]} is not on PATH")
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(None, error=f"`{' '.join(command)}` did not end within {SECONDS:.0f} seconds")
    except OSError as error:
        return Answer(None, error=f"{command[0]} cannot be run: {error.strerror}")
    return Answer(ended.returncode, ended.stdout, ended.stderr)


def version(pattern: str, text: str) -> Version | None:
    """Read a version from a program's output, such as (3, 8, 7). The pattern has one group."""
    found = re.search(pattern, text)
    return tuple(int(part) for part in found[1].split(".")) if found else None


def dotted(numbers: Version) -> str:
    """Format (3, 8, 7) as `3.8.7`."""
    return ".".join(map(str, numbers))
