"""Who may take a role on."""

from collections.abc import Iterator

from sandbox_policy.documents import read_document
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import read

SERVICES = frozenset({"ecs-tasks.amazonaws.com", "vpc-flow-logs.amazonaws.com"})
ON_BEHALF_OF = "aws:SourceAccount"


def check(role: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each principal besides ECS tasks and flow logs on behalf of this account."""
    value = read(role.properties, "assumeRolePolicy")
    if value is None:
        yield "assumeRolePolicy is missing"
    for statement in read_document(value, "assumeRolePolicy", context):
        if not statement.allows:
            continue
        if statement.actions != ("sts:AssumeRole",):
            yield f"{statement.label} allows {statement.actions or 'all but some actions'}"
        if not statement.principals or statement.not_principals:
            yield f"{statement.label} does not say who is allowed"
        for kind, principal in statement.principals or ():
            if kind != "Service" or principal not in SERVICES:
                yield f"{statement.label} admits {kind} {principal!r}, not only {', '.join(sorted(SERVICES))}"
        if not any(
            operator == "StringEquals" and key == ON_BEHALF_OF for operator, key, _ in statement.conditions
        ):
            yield f"{statement.label} has no condition on {ON_BEHALF_OF}: the service could act for others"


RULE = ResourceRule(
    name="trust-principals",
    promise="Only ECS tasks and VPC flow logs of this account can take a role on.",
    why="Whoever can take a role on has everything that the role may do.",
    types=(ROLE,),
    check=check,
)
