"""Rule: the default security group that AWS creates in every VPC."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(group: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each direction in which the default group lets anything through."""
    for direction in ("ingress", "egress"):
        rules = list(items(read(group.properties, direction), direction))
        if rules:
            yield f"{direction} has {len(rules)} rule(s) instead of none"


RULE = ResourceRule(
    name="default-security-group",
    promise="The default security group lets nothing in and nothing out.",
    why="A resource that is created without a security group gets this one.",
    types=("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",),
    check=check,
    exceptable=False,
)
