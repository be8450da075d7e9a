"""Just enough of IAM's policy language to refuse what AWS would: who is allowed an action by a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

Statement = dict[str, Any]
Context = Mapping[str, str]

_LIKE_OPERATORS = {"StringLike", "ArnLike", "ArnEquals"}
_EQUAL_OPERATORS = {"StringEquals"}


class MalformedPolicy(ValueError):
    """The document is not a policy; the message says why."""


def statements(document: str) -> list[Statement]:
    """The statements of a policy document; raises `MalformedPolicy`."""
    try:
        policy = json.loads(document)
    except ValueError as error:
        raise MalformedPolicy(f"This policy contains invalid Json: {error}") from None
    if not isinstance(policy, dict):
        raise MalformedPolicy("Syntax errors in policy: not an object.")
    listed: list[Any] = as_list(policy.get("Statement"))
    if not listed or not all(isinstance(statement, dict) for statement in listed):
        raise MalformedPolicy("Syntax errors in policy: no statement.")
    for statement in listed:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise MalformedPolicy(f"Invalid effect: {statement.get('Effect')}")
        if not ({"Action", "NotAction"} & statement.keys()):
            raise MalformedPolicy("Policy statement must contain actions.")
    return listed


def allows(listed: Iterable[Statement], kind: str, principal: str, action: str, context: Context) -> bool:
    """Whether the statements let a principal, such as ("Service", "ecs-tasks.amazonaws.com"), do the action.

    Conditions with an operator that is not understood count as not met for Allow and as met for Deny.
    """
    allowed = False
    for statement in listed:
        if not _names_principal(statement, kind, principal) or not _names_action(statement, action):
            continue
        deny = statement["Effect"] == "Deny"
        if not _conditions_met(statement.get("Condition", {}), context, unknown=deny):
            continue
        if deny:
            return False
        allowed = True
    return allowed


def as_list(value: Any) -> list[Any]:
    """IAM writes one value and a list of one alike."""
    return value if isinstance(value, list) else [value]


def _names_principal(statement: Statement, kind: str, principal: str) -> bool:
    named = statement.get("Principal")
    if named == "*":
        return True
    if not isinstance(named, dict):
        return False
    return any(one in ("*", principal) for one in as_list(named.get(kind, [])))


def _names_action(statement: Statement, action: str) -> bool:
    if "Action" in statement:
        return _matches_any(statement["Action"], action)
    return not _matches_any(statement["NotAction"], action)


def _matches_any(patterns: Any, action: str) -> bool:
    return any(fnmatchcase(action.lower(), str(pattern).lower()) for pattern in as_list(patterns))


def _conditions_met(conditions: Any, context: Context, unknown: bool) -> bool:
    for operator, tests in conditions.items():
        for key, values in tests.items():
            actual = context.get(key)
            if operator in _LIKE_OPERATORS:
                met = actual is not None and any(fnmatchcase(actual, str(value)) for value in as_list(values))
            elif operator in _EQUAL_OPERATORS:
                met = actual is not None and actual in as_list(values)
            else:
                met = unknown
            if not met:
                return False
    return True
