"""Runs the programs of this machine that a deployment needs, and reads their versions."""

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
    """What a program said. `code` is None if it could not be run, and `error` then says why."""

    code: int | None
    output: str = ""
    error: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it ran and ended with status 0."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last line of its error output, for a message."""
        lines = [line.strip() for line in self.error.splitlines() if line.strip()]
        return lines[-1] if lines else f"it ended with status {self.code}"


def ask(*command: str, folder: Path | None = None, variables: Mapping[str, str] | None = None) -> Answer:
    """Run a command and wait for its end, at most a minute. Never raises for what the program does."""
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
    """The version in a program's own words: (3, 8, 7) for `Apache Maven 3.8.7`; the pattern has one group."""
    found = re.search(pattern, text)
    return tuple(int(part) for part in found[1].split(".")) if found else None


def dotted(numbers: Version) -> str:
    """(3, 8, 7) as `3.8.7`."""
    return ".".join(map(str, numbers))
