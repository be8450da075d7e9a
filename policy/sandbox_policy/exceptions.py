"""Exceptions from rules: each names one rule and one resource, gives a reason, and ends on a date.

They are kept in `exceptions.json` beside PulumiPolicy.yaml, so that each one is reviewed like code.
"""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

LONGEST_DAYS = 366
"""The longest time an exception may last. Whoever needs it for longer should change the rule instead."""

SHORTEST_REASON = 15
"""Minimum length of a reason in characters, so that a single word such as "needed" does not pass."""

KEYS = {"rule", "resource", "reason", "expires"}


@dataclass(frozen=True)
class ExceptionEntry:
    """One exception. `resource` is a resource's name or URN, or "stack" for a finding about the stack."""

    rule: str
    resource: str
    reason: str
    expires: datetime.date


@dataclass(frozen=True)
class ExceptionList:
    """The exceptions in force, and one message for each entry that is invalid or expired and so has no
    effect.
    """

    entries: tuple[ExceptionEntry, ...] = ()
    problems: tuple[str, ...] = ()

    def excuse(self, rule: str, *resources: str) -> bool:
        """Whether an exception in force covers this rule for a resource with one of these names."""
        return any(entry.rule == rule and entry.resource in resources for entry in self.entries)

    @classmethod
    def load(cls, path: Path, today: datetime.date) -> "ExceptionList":
        """Read the file. Never raises: an entry that can't be read becomes a problem and has no effect."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            return cls(problems=(f"{path.name} can't be read: {error}",))
        if not isinstance(document, dict) or set(document) != {"exceptions"}:
            return cls(problems=(f'{path.name} must be an object with the single key "exceptions"',))
        if not isinstance(document["exceptions"], list):
            return cls(problems=(f'"exceptions" in {path.name} is not a list',))
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
            raise ValueError(f"{key} is empty or not a string")
    if len(raw["reason"].strip()) < SHORTEST_REASON:
        raise ValueError(f"the reason {raw['reason']!r} is too short")
    expires = datetime.date.fromisoformat(raw["expires"])
    if expires < today:
        raise ValueError(f"{raw['rule']} for {raw['resource']} expired on {expires}")
    if (expires - today).days > LONGEST_DAYS:
        raise ValueError(f"ends on {expires}, more than {LONGEST_DAYS} days ahead")
    return ExceptionEntry(raw["rule"], raw["resource"], raw["reason"], expires)
