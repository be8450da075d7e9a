"""The default security group of each VPC is under the stack's control."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC whose default group is left as AWS made it."""
    yield from missing(
        stack,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "vpcId",
        "keeps the default security group that AWS made: its members reach each other and the internet",
    )


RULE = StackRule(
    name="default-security-group-present",
    promise="The stack takes over the default security group of its VPC, to empty it.",
    why="As AWS makes it, the group lets its members reach each other and everything outside.",
    check=check,
    exceptable=False,
)
