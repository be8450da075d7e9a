"""Exceptions from rules: each names one rule and one resource, gives a reason, and ends on a date.

They live in `exceptions.json` beside PulumiPolicy.yaml, so that each is a line that somebody reviewed.
"""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

LONGEST_DAYS = 366
"""How far ahead an exception may end: what is needed for longer is a change of the rule."""

SHORTEST_REASON = 15
"""Characters; "needed" is no reason."""

KEYS = {"rule", "resource", "reason", "expires"}


@dataclass(frozen=True)
class ExceptionEntry:
    """`resource` is the name or the URN of a resource, or "stack" for a finding that belongs to none."""

    rule: str
    resource: str
    reason: str
    expires: datetime.date


@dataclass(frozen=True)
class ExceptionList:
    """The exceptions in force, and a sentence for each entry that is not: those excuse nothing."""

    entries: tuple[ExceptionEntry, ...] = ()
    problems: tuple[str, ...] = ()

    def excuse(self, rule: str, *resources: str) -> bool:
        """Whether an exception in force covers this rule for a resource known by any of these names."""
        return any(entry.rule == rule and entry.resource in resources for entry in self.entries)

    @classmethod
    def load(cls, path: Path, today: datetime.date) -> "ExceptionList":
        """Read the file. Never raises: what can't be read becomes a problem and excuses nothing."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            return cls(problems=(f"{path.name} can't be read: {error}",))
        if not isinstance(document, dict) or set(document) != {"exceptions"}:
            return cls(problems=(f'{path.name} is no object with the one key "exceptions"',))
        if not isinstance(document["exceptions"], list):
            return cls(problems=(f'"exceptions" in {path.name} is no list',))
        entries: list[ExceptionEntry] = []
        problems: list[str] = []
        for index, raw in enumerate(document["exceptions"]):
            try:
                entries.append(_entry(raw, today))
            except ValueError as error:
                problems.append(f"exception {index + 1} in {path.name}: {error}")
        return cls(tuple(entries), tuple(problems))


def _entry(raw: object, today: datetime.date) -> ExceptionEntry:
    if not isinstance(raw, dict) or set(raw) != KEYS:
        raise ValueError(f"needs exactly the keys {', '.join(sorted(KEYS))}")
    for key, value in raw.items():
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{key} is empty or no string")
    if len(raw["reason"].strip()) < SHORTEST_REASON:
        raise ValueError(f"the reason {raw['reason']!r} is too short to be one")
    expires = datetime.date.fromisoformat(raw["expires"])
    if expires < today:
        raise ValueError(f"{raw['rule']} for {raw['resource']} expired on {expires}")
    if (expires - today).days > LONGEST_DAYS:
        raise ValueError(f"ends on {expires}, more than {LONGEST_DAYS} days ahead")
    return ExceptionEntry(raw["rule"], raw["resource"], raw["reason"], expires)
