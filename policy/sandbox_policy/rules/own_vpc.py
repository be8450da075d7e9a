"""Rule: all network resources are in the stack's own VPC."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.ports import GROUP
from sandbox_policy.rules.private_tasks import SERVICE
from sandbox_policy.rules.route_targets import ROUTE_TABLE
from sandbox_policy.vpc_features import SUBNET, VPC

PARTS = (
    GROUP,
    ROUTE_TABLE,
    SUBNET,
    "aws:ec2/internetGateway:InternetGateway",
    "aws:lb/targetGroup:TargetGroup",
)


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each network resource that this stack creates in another VPC."""
    if not stack.of_type(SERVICE):
        return  # Without a task there is no traffic to protect.
    for part in stack.of_type(*PARTS):
        if len(linked(stack, part, "vpcId", VPC)) != 1:
            yield Finding(f"{part.name} is not in a VPC of this stack", part.urn)


RULE = StackRule(
    name="own-vpc",
    promise="Subnets, route tables, gateways, security groups and targets are in the stack's own VPC.",
    why="In another VPC, neither the DNS firewall nor the flow log of this stack would cover their traffic.",
    check=check,
)
