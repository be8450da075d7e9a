"""Whether identity policies allow a request, by IAM's evaluation logic as far as it can be judged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator.policy_documents import Statement, as_list

# Condition keys whose values are known in full: a condition on such a key is not met if the key is missing.
# Conditions on other keys count as met.
_KNOWN_KEYS = ("aws:RequestTag/", "iam:PassedToService")


@dataclass(frozen=True)
class Request:
    """One permission that a call needs. `resource` is None if the emulator cannot tell the ARN."""

    action: str
    resource: str | None
    context: Mapping[str, str]


def allows(listed: Iterable[Statement], request: Request) -> bool:
    """Whether a statement allows the request and none denies it."""
    matching = [one for one in listed if _names(one, request) and _condition_met(one, request.context)]
    return bool(matching) and all(one["Effect"] == "Allow" for one in matching)


def _names(statement: Statement, request: Request) -> bool:
    if not _matches(statement.get("Action", []), request.action, ignore_case=True):
        return False
    return request.resource is None or _matches(statement.get("Resource", []), request.resource)


def _matches(patterns: Any, value: str, ignore_case: bool = False) -> bool:
    if ignore_case:
        return any(fnmatchcase(value.lower(), str(one).lower()) for one in as_list(patterns))
    return any(fnmatchcase(value, str(one)) for one in as_list(patterns))


def _condition_met(statement: Statement, context: Mapping[str, str]) -> bool:
    return all(
        _met(operator, key, as_list(values), context)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def _met(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> bool:
    if not key.startswith(_KNOWN_KEYS):
        return True
    actual = context.get(key)
    if operator == "StringEquals":
        return actual in values
    if operator == "StringLike":
        return actual is not None and _matches(values, actual)
    raise ValueError(f"the operator {operator} on {key} is not supported")
