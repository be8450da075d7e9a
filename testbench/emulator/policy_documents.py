"""IAM's policy language: whether a document is a valid policy, and whom it allows an action."""

from __future__ import annotations

import json
import re
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
    _only_known(policy, _POLICY_ELEMENTS)
    if policy.get("Version", "2012-10-17") not in _VERSIONS:
        raise MalformedPolicy(f"The policy version {policy['Version']!r} is not one of {_VERSIONS}.")
    listed: list[Any] = as_list(policy.get("Statement", []))
    if not listed or not all(isinstance(statement, dict) for statement in listed):
        raise MalformedPolicy("Syntax errors in policy: no statement.")
    for statement in listed:
        _check(statement)
    sids = [statement["Sid"] for statement in listed if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        raise MalformedPolicy("Statement IDs (SID) in a single policy must be unique.")
    return listed


# The grammar is that of the IAM guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy
# elements: Condition operators".
_POLICY_ELEMENTS = {"Version", "Id", "Statement"}
_VERSIONS = ("2012-10-17", "2008-10-17")
_STATEMENT_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_OPERATOR = re.compile(
    r"(?:ForAllValues:|ForAnyValue:)?(?:"
    r"String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Numeric(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|"
    r"Date(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|"
    r"Arn(?:Not)?(?:Equals|Like))(?:IfExists)?|Null"
)


def _only_known(element: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(element.keys() - known)
    if unknown:
        raise MalformedPolicy(f"Syntax errors in policy: unknown element {', '.join(unknown)}.")


def _check(statement: Statement) -> None:
    _only_known(statement, _STATEMENT_ELEMENTS)
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicy(f"Invalid effect: {statement.get('Effect')}")
    for one in ("Principal", "Action", "Resource"):
        if {one, f"Not{one}"} <= statement.keys():
            raise MalformedPolicy(f"A statement cannot have both {one} and Not{one}.")
    if not ({"Action", "NotAction"} & statement.keys()):
        raise MalformedPolicy("Policy statement must contain actions.")
    for action in as_list(statement.get("Action", statement.get("NotAction"))):
        if not _ACTION.fullmatch(str(action)):
            raise MalformedPolicy(
                f"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {action}"
            )
    for resource in as_list(statement.get("Resource", statement.get("NotResource", []))):
        if not str(resource).startswith(("arn:", "*")):
            raise MalformedPolicy(f'Resource {resource} must be in ARN format or "*".')
    _check_conditions(statement.get("Condition", {}))


def _check_conditions(conditions: Any) -> None:
    if not isinstance(conditions, dict) or not all(isinstance(one, dict) for one in conditions.values()):
        raise MalformedPolicy("Syntax errors in policy: Condition is not an object of objects.")
    for operator, tests in conditions.items():
        if not _OPERATOR.fullmatch(operator):
            raise MalformedPolicy(f"Invalid Condition type : {operator}")
        for key in tests:
            if ":" not in key:
                raise MalformedPolicy(
                    f"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {key}"
                )


def allows(listed: Iterable[Statement], kind: str, principal: str, action: str, context: Context) -> bool:
    """Whether the statements let a principal, such as ("Service", "ecs-tasks.amazonaws.com"), do the action.

    A condition with an operator that is not supported here counts as not met in an Allow statement, and as
    met in a Deny statement.
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
    """The value as a list: IAM lets a list of one be written without brackets."""
    return value if isinstance(value, list) else [value]


def principals(listed: Iterable[Statement], kind: str) -> list[str]:
    """All principals of a kind, such as "Service", in the order of the statements."""
    named = [statement.get("Principal") for statement in listed]
    return [
        str(one)
        for principal in named
        if isinstance(principal, dict)
        for one in as_list(principal.get(kind, []))
    ]


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
