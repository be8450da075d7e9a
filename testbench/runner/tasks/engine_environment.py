"""Giving a container its environment: no value on a command line or in a file, where others could read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from containers.engine import own_environment
from runner.tasks.backend import CannotStart

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# An environment file's line must be shorter (docker reads it with Go's bufio.Scanner: 64 KiB).
_LONGEST_LINE = 60_000
# The docker command adds these from its own configuration file ("proxies"); the task definition does not.
_ADDED_BY_DOCKER = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class PassedEnvironment:
    """`arguments` for `docker create`, `text` for its standard input and `environment` for itself."""

    arguments: tuple[str, ...]
    text: str
    environment: dict[str, str]

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> PassedEnvironment:
        """Values of one line go through the standard input, so that a PATH, HOME or DOCKER_HOST that is meant
        for the container does not lead the engine's command astray; the others cannot, and go through its own
        environment. Raises `CannotStart` for what no environment can hold.
        """
        lines: dict[str, str] = {}
        inherited: dict[str, str] = {}
        for name, value in variables.items():
            if not _NAME.fullmatch(name):
                raise CannotStart(
                    f"the variable {name!r} has a name that the container engine cannot pass on"
                )
            if "\0" in value:
                raise CannotStart(f"the variable {name} has a null character in its value: no variable can")
            is_line = not set("\r\n") & set(value) and len(name) + len(value.encode()) < _LONGEST_LINE
            (lines if is_line else inherited)[name] = value
        # A name without a value, which docker does not find in its own environment, is a variable left out.
        left_out = [
            name for upper in _ADDED_BY_DOCKER for name in (upper, upper.lower()) if name not in variables
        ]
        named = [word for name in (*inherited, *left_out) for word in ("--env", name)]
        own = {name: value for name, value in own_environment().items() if name not in left_out}
        return cls(
            ("--env-file", "/dev/stdin", *named),
            "".join(f"{name}={value}\n" for name, value in lines.items()),
            {**own, **inherited},
        )
