"""What an image's Dockerfile says about running it, for where no Docker daemon has built it.

Reads the instructions that make up an image's configuration (OCI image spec, `config.md`) in its last stage
and the stages that this is made from. What RUN and COPY put into the image is not read: see `layout`.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

# Docker's own, for an image that names none (moby, oci/defaults.go).
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class UnreadableDockerfile(Exception):
    """Names file, line and what is not understood."""


@dataclass(frozen=True)
class ImageConfig:
    """How to run an image. `user` is as in the Dockerfile: a name or number, with `:group` or without."""

    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = "0"
    folder: str = "/"
    stop_signal: str = "SIGTERM"


def read(path: Path) -> ImageConfig:
    """The configuration of the stage that `docker build` builds when it is told of none: the last."""
    stages: dict[str, ImageConfig] = {}
    current, name = ImageConfig(), ""
    for number, instruction, rest in _instructions(path):
        if instruction == "FROM":
            if name:
                stages[name] = current
            base, _, alias = rest.partition(" AS ")
            current = stages.get(base.strip(), ImageConfig())
            name = alias.strip() or f"stage at line {number}"
        else:
            current = _apply(current, instruction, rest, f"{path}:{number}")
    return current


def _apply(config: ImageConfig, instruction: str, rest: str, where: str) -> ImageConfig:
    changed: dict[str, object] = {}
    match instruction:
        case "ENV":
            changed = {"environment": {**config.environment, **_pairs(rest, where)}}
        case "ENTRYPOINT":
            changed = {"entry_point": _exec_form(rest, where), "command": ()}
        case "CMD":
            changed = {"command": _exec_form(rest, where)}
        case "USER":
            changed = {"user": rest}
        case "WORKDIR":
            changed = {"folder": rest}
        case "STOPSIGNAL":
            changed = {"stop_signal": rest}
    return replace(config, **changed)  # type: ignore[arg-type]  # each by its own name


def _instructions(path: Path) -> list[tuple[int, str, str]]:
    """Line number, upper-case instruction, and its text with continuation lines joined."""
    found: list[tuple[int, str, str]] = []
    joined, start = "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("#") or not (line.strip() or joined):
            continue
        start = start or number
        joined += line.strip().removesuffix("\\") + " "
        if line.rstrip().endswith("\\"):
            continue
        word, _, rest = joined.strip().partition(" ")
        found.append((start, word.upper(), re.sub(r"^(--\S+\s+)*", "", rest.strip())))
        joined, start = "", 0
    if not any(instruction == "FROM" for _, instruction, _ in found):
        raise UnreadableDockerfile(f"{path} has no FROM")
    return found


def _pairs(rest: str, where: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in shlex.split(rest)]
    if not all(separator for _, separator, _ in pairs):
        raise UnreadableDockerfile(f"{where}: ENV {rest}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _exec_form(rest: str, where: str) -> tuple[str, ...]:
    try:
        words = json.loads(rest)
    except ValueError:
        raise UnreadableDockerfile(
            f'{where}: {rest}: only the form ["program", "argument"] is read'
        ) from None
    return tuple(words)
