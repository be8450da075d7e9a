"""Copies the console's record from its task's volume, and verifies it against the task's log."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.places import Places
from launcher.report import Failure

# Where the image keeps it: DATA_DIRECTORY of its task definition.
_DIRECTORY = "/var/lib/orchestration"
_QUIET_SECONDS = 30.0
# A screenshot is named by its SHA-256.
_SCREEN = re.compile(r"[0-9a-f]{64}\.png")


@dataclass(frozen=True)
class Aws:
    """The `aws` command with the variables of the local AWS."""

    places: Places
    variables: Mapping[str, str]

    def ask(self, *words: str) -> Any:
        command = [str(self.places.bin / "aws"), *words, "--output", "json"]
        ended = subprocess.run(command, env=dict(self.variables), capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise Failure(f"`aws {' '.join(words)}` failed:\n{ended.stderr.strip()}")
        return json.loads(ended.stdout)


def copy(aws: Aws, outputs: Mapping[str, Any], target: Path, log: Path) -> None:
    """Copy the record as soon as the log holds its last event, and that log."""
    cluster = ("--cluster", outputs["clusterName"])
    arns = aws.ask(
        *("ecs", "list-tasks", *cluster, "--service-name", outputs["orchestrationServiceName"]),
    )["taskArns"]
    if len(arns) != 1:
        raise Failure(
            f"The console has {len(arns)} tasks instead of one: `aws ecs describe-services` says why."
        )
    task = aws.ask("ecs", "describe-tasks", *cluster, "--tasks", *arns)["tasks"][0]
    definition = aws.ask(
        *("ecs", "describe-task-definition", "--task-definition", task["taskDefinitionArn"])
    )["taskDefinition"]["containerDefinitions"][0]
    identifier = task["taskArn"].rpartition("/")[2]
    source = _volume(aws.places, identifier, definition)
    options = definition["logConfiguration"]["options"]
    stream = f"{options['awslogs-stream-prefix']}/{definition['name']}/{identifier}"
    deadline = time.monotonic() + _QUIET_SECONDS
    while True:
        lines = _log(aws, options["awslogs-group"], stream)
        try:
            _copy(source, target)
        except OSError as error:
            raise Failure(f"The record cannot be copied: {error}") from error
        if _last_hash(target) in "".join(lines[-20:]):
            break
        if time.monotonic() > deadline:
            raise Failure(f"The log {stream} does not get the record's last event: {target}")
        time.sleep(0.2)
    log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _volume(places: Places, task: str, definition: Mapping[str, Any]) -> Path:
    mount = next(one for one in definition["mountPoints"] if one["containerPath"] == _DIRECTORY)
    return places.runner.parent / "tasks" / task / "volumes" / str(mount["sourceVolume"])


def _log(aws: Aws, group: str, stream: str) -> list[str]:
    events = aws.ask(*("logs", "filter-log-events", "--log-group-name", group, "--log-stream-names", stream))[
        "events"
    ]
    return [str(event["message"]) for event in events]


def _copy(source: Path, target: Path) -> None:
    """Copy the head first: an event that is added meanwhile is then newer than the head, and not missing."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "screens").mkdir(parents=True)
    with _directory(source) as volume:
        for name in ("events.head", "events.jsonl"):
            _copy_file(volume, name, target / name)
    with _directory(source / "screens") as screens:
        for name in os.listdir(screens):  # noqa: PTH208  of the directory that was opened
            if _SCREEN.fullmatch(name):
                _copy_file(screens, name, target / "screens" / name)


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_file(directory: int, name: str, target: Path) -> None:
    """Copy a regular file, and follow no link: this runs as root, and the task may have made the link."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{name} is not a regular file")
        target.write_bytes(file.read())


def _last_hash(record: Path) -> str:
    last = (record / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    try:
        return str(json.loads(last)["hash"])
    except ValueError:
        return "the last line was being written"


def last_screen(record: Path) -> Path:
    """The newest screenshot that an event names."""
    for line in reversed((record / "events.jsonl").read_text(encoding="utf-8").splitlines()):
        for part in json.loads(line)["data"].get("content", []):
            if _SCREEN.fullmatch(f"{part.get('screen', '')}.png"):
                return record / "screens" / f"{part['screen']}.png"
    raise Failure(f"{record} has no screenshot")


def verify(places: Places, record: Path, log: Path) -> str:
    """What the console's own verifier prints. Raises `Failure` if the record is not complete."""
    command = [str(places.orchestration_venv / "bin" / "python"), "-m", "orchestration.record", "verify"]
    sources = places.root / "images" / "orchestration" / "src"
    ended = subprocess.run(
        [*command, str(record), "--anchors", str(log)],
        env={**os.environ, "PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise Failure(f"The record is not complete:\n{ended.stdout}{ended.stderr}")
    return ended.stdout
