"""The registry on loopback that holds what the emulated ECR holds, as long as the emulator runs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_ANNOUNCEMENT = "listening on http://"


class RegistryDoesNotStart(Exception):
    """The message says what the registry said."""


@dataclass(frozen=True)
class Registry:
    """`address` is HOST:PORT. The process ends when its standard input does, and so with this one."""

    address: str
    process: subprocess.Popen[str]

    def close(self) -> None:
        """End it, and wait for that."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def start(program: Path, folder: Path) -> Registry:
    """Start it, with its layers in `folder`. Raises `RegistryDoesNotStart`."""
    try:
        process = subprocess.Popen(
            [program, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise RegistryDoesNotStart(f"{program}: {error.strerror}") from error
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith(_ANNOUNCEMENT):
        raise RegistryDoesNotStart(f"{program}: {line.strip() or 'it ended'}")
    return Registry(line.removeprefix(_ANNOUNCEMENT).strip(), process)
