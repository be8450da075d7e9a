"""Reads the calls that an emulator recorded with `--calls FILE`, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from emulator.request_facts import iam_prefix


@dataclass(frozen=True)
class Call:
    """An IAM action that was needed, and whether every request for it set the stack's tag."""

    service: str  # the prefix of its IAM actions, such as `elasticloadbalancing`
    action: str
    tagged: bool

    @property
    def iam_action(self) -> str:
        return f"{self.service}:{self.action}"


def read(file: Path, key: str) -> list[Call]:
    """The distinct calls that were signed with an access key, sorted."""
    entries = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return distinct(entry for entry in entries if entry["key"] == key)


def distinct(entries: Iterable[dict[str, object]]) -> list[Call]:
    """One `Call` for each action; `tagged` only if no request lacked the tag."""
    tagged: dict[tuple[str, str], bool] = {}
    for entry in entries:
        key = (iam_prefix(str(entry["service"])), str(entry["action"]))
        tagged[key] = tagged.get(key, True) and bool(entry["tagged"])
    return [Call(service, action, every) for (service, action), every in sorted(tagged.items())]
