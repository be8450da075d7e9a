"""Rule: the elements that a policy document of each kind must have or must not have."""

import re
from collections.abc import Iterator

from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import POLICY_HOLDERS, Kind, statements

SID = re.compile(r"[A-Za-z0-9]*")
"""The characters that IAM allows in a Sid. KMS and other services also allow spaces."""

NAMES_NO_RESOURCE = frozenset({"aws:ecr/repositoryPolicy:RepositoryPolicy"})
"""Types whose policies omit `Resource`, because the policy applies to the resource that it is attached to."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each element that AWS would refuse or require in this kind of document."""
    for kind, statement in statements(resource, context):
        yield from _missing_action(statement)
        if kind in (Kind.IDENTITY, Kind.TRUST) and not SID.fullmatch(statement.sid):
            yield f"{statement.label}: IAM allows only letters and digits in a Sid"
        has_resource = statement.resources is not None or statement.not_resources is not None
        if kind is Kind.TRUST or resource.type in NAMES_NO_RESOURCE:
            if has_resource:
                yield f"{statement.label} names a resource; omit Resource in a {kind.value}"
        elif not has_resource:
            yield f"{statement.label} names no resource: a {kind.value} needs Resource"
        has_principal = statement.principals is not None or statement.not_principals
        if kind is Kind.IDENTITY and has_principal:
            yield f"{statement.label} names a principal; in a {kind.value} the role itself is the principal"
        if kind is not Kind.IDENTITY and not has_principal:
            yield f"{statement.label} names no principal: a {kind.value} needs Principal"


def _missing_action(statement: Statement) -> Iterator[str]:
    if not statement.actions and not statement.not_actions:
        yield f"{statement.label} names no action: write Action"
    for element, values in (
        ("Action and NotAction", (statement.actions, statement.not_actions)),
        ("Resource and NotResource", (statement.resources, statement.not_resources)),
    ):
        if None not in values:
            yield f"{statement.label} has both {element}: AWS allows only one of them"


RULE = ResourceRule(
    name="policy-elements",
    promise="Each policy document has exactly the elements that AWS allows in its kind.",
    why="AWS refuses others as malformed, when half of the stack already exists.",
    types=POLICY_HOLDERS,
    check=check,
)
