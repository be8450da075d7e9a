"""Rule: who may assume a role."""

from collections.abc import Iterator

from sandbox_policy.documents import read_document
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import read

SERVICES = frozenset({"ecs-tasks.amazonaws.com", "vpc-flow-logs.amazonaws.com"})
ON_BEHALF_OF = "aws:SourceAccount"


def check(role: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each principal other than ECS tasks and flow logs acting for this account."""
    value = read(role.properties, "assumeRolePolicy")
    if value is None:
        yield "assumeRolePolicy is missing"
    for statement in read_document(value, "assumeRolePolicy", context):
        if not statement.allows:
            continue
        if statement.actions != ("sts:AssumeRole",):
            yield f"{statement.label} allows {statement.actions or 'all actions except some'}"
        if not statement.principals or statement.not_principals:
            yield f"{statement.label} does not say who is allowed"
        for kind, principal in statement.principals or ():
            if kind != "Service" or principal not in SERVICES:
                yield f"{statement.label} admits {kind} {principal!r}, not only {', '.join(sorted(SERVICES))}"
        if not any(
            operator == "StringEquals" and key == ON_BEHALF_OF for operator, key, _ in statement.conditions
        ):
            yield f"{statement.label} has no condition on {ON_BEHALF_OF}: it could act for other accounts"


RULE = ResourceRule(
    name="trust-principals",
    promise="Only ECS tasks and VPC flow logs of this account can assume a role.",
    why="Whoever can assume a role has all of its permissions.",
    types=(ROLE,),
    check=check,
)
