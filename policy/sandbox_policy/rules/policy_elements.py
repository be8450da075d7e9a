"""Elements that a policy document of its kind can't have, or has to have."""

import re
from collections.abc import Iterator

from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import POLICY_HOLDERS, Kind, statements

SID = re.compile(r"[A-Za-z0-9]*")
"""The characters of a Sid in IAM; KMS and the other services take blanks too."""

NAMES_NO_RESOURCE = frozenset({"aws:ecr/repositoryPolicy:RepositoryPolicy"})
"""Types whose policies leave `Resource` out, because the policy is about the one resource that holds it."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each element that AWS would refuse in this kind of document, or miss."""
    for kind, statement in statements(resource, context):
        yield from _missing_action(statement)
        if kind in (Kind.IDENTITY, Kind.TRUST) and not SID.fullmatch(statement.sid):
            yield f"{statement.label}: IAM takes only letters and digits in a Sid"
        has_resource = statement.resources is not None or statement.not_resources is not None
        if kind is Kind.TRUST or resource.type in NAMES_NO_RESOURCE:
            if has_resource:
                yield f"{statement.label} names a resource; in a {kind.value} leave Resource out"
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
            yield f"{statement.label} has both {element}: AWS takes one of them"


RULE = ResourceRule(
    name="policy-elements",
    promise="Each policy document has the elements that its kind takes, and no others.",
    why="AWS refuses such a document as malformed, after half of the stack exists.",
    types=POLICY_HOLDERS,
    check=check,
)
