"""Builds parts of `.local/`, each only when its inputs have changed, and independent parts side by side."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from launcher.places import Places
from launcher.report import Clock, Failure

_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Part:
    """Something to build: commands, what they read, and what they leave behind.

    `about_seconds` is how long it takes on two idle cores, to tell a person who waits; 0 where nobody would
    wait. Parts of one `lane` are built one after the other, in the order given, and lanes side by side. A
    part without a lane has one of its own.
    """

    name: str
    announce: str
    commands: tuple[tuple[str, ...], ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    about_seconds: int = 0
    lane: str = ""


def build_stale(places: Places, parts: Iterable[Part], clock: Clock) -> None:
    """Build those parts whose inputs have changed since they were built.

    Raises the `Failure` of the first part that cannot be built; what else is being built is stopped then.
    """
    lanes: dict[str, list[Part]] = {}
    for part in parts:
        if not is_fresh(places, part):
            lanes.setdefault(part.lane or part.name, []).append(part)
    if not lanes:
        return
    stopped = threading.Event()
    with ThreadPoolExecutor(len(lanes)) as pool:
        work = [pool.submit(_build_lane, places, lane, clock, stopped) for lane in lanes.values()]
        try:
            failures = [failure for one in work if (failure := one.result())]
        finally:
            stopped.set()  # after Ctrl-C too: nobody waits for the rest
    if failures:
        raise next((one for one in failures if not isinstance(one, _Stopped)), failures[0])


class _Stopped(Failure):
    """The part was stopped because another one failed."""


def _build_lane(
    places: Places, parts: Sequence[Part], clock: Clock, stopped: threading.Event
) -> Failure | None:
    for part in parts:
        try:
            build(places, part, clock, stopped)
        except Failure as failure:
            stopped.set()
            return failure
    return None


def is_fresh(places: Places, part: Part) -> bool:
    """Whether the part was built from its inputs as they are now, and everything that it left is there."""
    stamp = places.stamps / part.name
    if not stamp.is_file() or not all(output.exists() for output in part.outputs):
        return False
    return stamp.read_text(encoding="utf-8") == fingerprint(part)


def build(places: Places, part: Part, clock: Clock, stopped: threading.Event | None = None) -> None:
    """Build a part, fresh or not. Its commands are ended when `stopped` is set."""
    stamp = places.stamps / part.name
    wanted = fingerprint(part)
    places.stamps.mkdir(parents=True, exist_ok=True)
    places.logs.mkdir(parents=True, exist_ok=True)
    for output in part.outputs:
        output.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    log = places.logs / f"build-{part.name}.log"
    with (
        clock.step(part.announce, announce=part.announce, about_seconds=part.about_seconds),
        log.open("w", encoding="utf-8") as file,
    ):
        for command in part.commands:
            file.write(f"$ {' '.join(command)}\n")
            file.flush()
            if _run(command, file, stopped or threading.Event()) != 0:
                tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-20:])
                raise Failure(f"{part.announce} failed. The whole log: {log}\n{tail}")
    stamp.write_text(wanted, encoding="utf-8")


def _run(command: Sequence[str], output: TextIO, stopped: threading.Event) -> int:
    """The command's exit code. Raises `_Stopped` when it was ended because another part failed."""
    if stopped.is_set():
        raise _Stopped(f"{command[0]} was not started")
    with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as child:
        while True:
            try:
                return child.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if stopped.is_set():
                    child.terminate()  # a background job's children would ignore SIGINT
                    child.wait()
                    raise _Stopped(f"{command[0]} was stopped") from None


def fingerprint(part: Part) -> str:
    """A hash of the commands and of every file that they read."""
    digest = hashlib.sha256(repr(part.commands).encode())
    for file in _files(part.inputs):
        digest.update(f"\0{file}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(inputs: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in inputs:
        if path.is_dir():
            found.extend(sorted(file for file in path.rglob("*") if file.is_file()))
        elif path.is_file():
            found.append(path)
        else:
            raise Failure(f"{path} is missing: this checkout is incomplete.")
    return found
