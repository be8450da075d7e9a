"""The Debian base that the images are built on: the pinned one where a registry gives it, else our own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from containers.engine import Engine, EngineError

_SUITE = "bookworm"
_OWN = f"localhost/computer-use-sandbox/base:{_SUITE}"
_PINNED = re.compile(r"^ARG BASE_IMAGE=(\S+)$", re.MULTILINE)
# What Debian's slim images leave out, too.
_EXCLUDED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*")


def provide(engine: Engine, dockerfile: Path) -> str:
    """The base to build a Dockerfile on. Raises `EngineError` when none can be had.

    A base of our own is made from the Debian packages of this machine's sources, and said to be one.
    """
    pinned: list[str] = _PINNED.findall(dockerfile.read_text(encoding="utf-8"))
    if len(pinned) != 1:
        raise EngineError(f"{dockerfile} must have one line ARG BASE_IMAGE=…, and has {len(pinned)}")
    if engine.has(pinned[0]) or engine.process("pull", "--quiet", pinned[0]).returncode == 0:
        return pinned[0]
    if not engine.has(_OWN):
        print(f"No registry gives {pinned[0]}: making a base with mmdebstrap.", file=sys.stderr, flush=True)
        _make(engine)
    return _OWN


def _make(engine: Engine) -> None:
    archive = engine.folder / "base.tar"
    excluded = [f"--dpkgopt=path-exclude={path}" for path in _EXCLUDED]
    command = [
        "mmdebstrap",
        "--variant=minbase",
        "--include=ca-certificates",
        *excluded,
        _SUITE,
        str(archive),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise EngineError(f"mmdebstrap: {ended.stderr.strip()[-3000:]}")
    engine.run("import", str(archive), _OWN)
    archive.unlink()
