"""Rule: the security group of a load balancer."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_group
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(balancer: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the load balancer is created with a security group."""
    groups = list(items(read(balancer.properties, "securityGroups"), "securityGroups"))
    if not groups:
        yield "securityGroups is empty: the first one can't be added to a Network Load Balancer later"
    for group in groups:
        if group is None:
            yield "securityGroups holds a null"
        yield from judge_group(group, "securityGroups")


RULE = ResourceRule(
    name="load-balancer-group",
    promise="The load balancer has a security group when it is created.",
    why="Without one anybody can reach its listeners, and it would have to be replaced to get one.",
    types=("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"),
    check=check,
    exceptable=False,
)
