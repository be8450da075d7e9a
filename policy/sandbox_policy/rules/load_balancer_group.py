"""The security group of a load balancer."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_group
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(balancer: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the load balancer has a security group in its first definition."""
    groups = list(items(read(balancer.properties, "securityGroups"), "securityGroups"))
    if not groups:
        yield "securityGroups is empty: a Network Load Balancer can't be given its first one later"
    for group in groups:
        if group is None:
            yield "securityGroups holds a null"
        yield from judge_group(group, "securityGroups")


RULE = ResourceRule(
    name="load-balancer-group",
    promise="The load balancer has a security group from its first moment.",
    why="Without one everybody reaches its listeners, and EC2 can't add one later without a new name.",
    types=("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"),
    check=check,
    exceptable=False,
)
