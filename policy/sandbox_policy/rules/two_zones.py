"""Rule: the load balancer is in two availability zones."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.rules.group_sources import BALANCER
from sandbox_policy.values import read
from sandbox_policy.vpc_features import SUBNET


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each load balancer with subnets in fewer than two zones."""
    for balancer in stack.of_type(BALANCER):
        subnets = linked(stack, balancer, "subnets", SUBNET)
        zones = [read(subnet.properties, "availabilityZone") for subnet in subnets]
        if any(context.awaits(zone, "availabilityZone") for zone in zones) and len(subnets) >= 2:
            continue
        if len(set(zones)) < 2:
            yield Finding(f"{balancer.name} is in fewer than two zones of this stack", balancer.urn)


RULE = StackRule(
    name="two-zones",
    promise="The load balancer is in two availability zones.",
    why="With only one, the failure of that zone would lock everybody out.",
    check=check,
)
