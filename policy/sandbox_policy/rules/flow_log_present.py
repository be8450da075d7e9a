"""Rule: each VPC has a flow log."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC without a flow log."""
    yield from missing(stack, "aws:ec2/flowLog:FlowLog", "vpcId", "has no flow log")


RULE = StackRule(
    name="flow-log-present",
    promise="The traffic of the VPC is logged.",
    why="Without it nobody can tell afterwards who connected, or what the desktop connected to.",
    check=check,
)
