"""Debian packages of the container engine and of the demo: which lack, and installing them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from launcher.places import Places
from launcher.report import Clock, Failure, say

_INSTALL = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends")


def for_demo(places: Places) -> list[Path]:
    """The file that names those of the demo's browser, one a line with the reason."""
    return [places.root / "images" / "orchestration" / "packages-test.txt"]


def read(files: Iterable[Path]) -> list[str]:
    """The bare names, each once."""
    lines = (line.partition("#")[0].strip() for file in files for line in file.read_text().splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def missing(names: Sequence[str]) -> list[str]:
    """Those that dpkg does not have installed."""
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def provide(places: Places, clock: Clock, files: Iterable[Path], who: str) -> str | None:
    """Install what `who` lacks, after saying so. None, or why it can't be had: a sentence for a person."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        return f"{who} needs a Debian system, and this is none"
    lacking = missing(read(files))
    if not lacking:
        return None
    if os.geteuid() != 0:
        return f"Debian packages are missing: sudo apt-get install {' '.join(lacking)}"
    say(f"{len(lacking)} Debian packages that {who} lacks: {' '.join(lacking)}")
    with clock.step("installing Debian packages", announce="installing them with apt-get"):
        _install(places, lacking)
    return None


def _install(places: Places, names: Sequence[str]) -> None:
    places.logs.mkdir(parents=True, exist_ok=True)
    log = places.logs / "apt.log"
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("w", encoding="utf-8") as file:
        for command in (("apt-get", "update", "--quiet"), (*_INSTALL, *names)):
            ended = subprocess.run(
                command, env=variables, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
            )
            if ended.returncode != 0:
                tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-8:])
                raise Failure(f"`{' '.join(command)}` failed. The whole log: {log}\n{tail}")
