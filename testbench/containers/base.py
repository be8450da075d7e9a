"""The Debian base of the images: the pinned one where a registry has it, else one made here."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from containers.engine import Engine, EngineError

_SUITE = "bookworm"
OWN = f"localhost/computer-use-sandbox/base:{_SUITE}"
"""The base that is made here, from the Debian packages of this machine's sources."""
_PINNED = re.compile(r"^ARG BASE_IMAGE=(\S+)$", re.MULTILINE)
# Debian's slim images leave these out, too.
_EXCLUDED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*")
# A registry that answers sends Debian's 30 MB in less.
_PULL_SECONDS = 120.0


def pinned(dockerfiles: Iterable[Path]) -> list[str]:
    """The bases that the Dockerfiles name, each once. Raises `EngineError` for one without exactly one."""
    found = []
    for file in dockerfiles:
        named = _PINNED.findall(file.read_text(encoding="utf-8"))
        if len(named) != 1:
            raise EngineError(f"{file} must have one line ARG BASE_IMAGE=…, and has {len(named)}")
        found += named
    return list(dict.fromkeys(found))


def provide(engine: Engine, folder: Path, dockerfiles: Iterable[Path]) -> str:
    """The base to build these on, made by way of `folder` if need be; empty for those that they pin.

    Raises `EngineError` when there is none.
    """
    if can_be_had(engine, pinned(dockerfiles)):
        return ""
    if not engine.has(OWN):
        make(engine, folder)
    return OWN


def can_be_had(engine: Engine, images: Iterable[str]) -> bool:
    """Whether the engine has all of these, or gets them from their registry."""
    return all(engine.has(one) or _is_pulled(engine, one) for one in images)


def _is_pulled(engine: Engine, image: str) -> bool:
    try:
        engine.run("pull", "--quiet", image, seconds=_PULL_SECONDS)
    except EngineError:
        return False
    return True


def make(engine: Engine, folder: Path) -> None:
    """Make `OWN` with mmdebstrap, by way of `folder`. Raises `EngineError`."""
    archive = folder / "base.tar"
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        "mmdebstrap",
        "--variant=minbase",
        "--include=ca-certificates",
        *(f"--dpkgopt=path-exclude={path}" for path in _EXCLUDED),
        _SUITE,
        str(archive),
    ]
    if shutil.which(command[0]) is None:
        raise EngineError("there is no mmdebstrap to make a Debian base with: apt-get install mmdebstrap")
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise EngineError(f"mmdebstrap: {ended.stderr.strip()[-3000:]}")
        engine.run("import", str(archive), OWN)
    finally:
        archive.unlink(missing_ok=True)
