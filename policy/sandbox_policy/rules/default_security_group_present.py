"""Rule: the stack manages the default security group of each VPC."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC whose default group is left as AWS created it."""
    yield from missing(
        stack,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "vpcId",
        "keeps AWS's default security group: its members can reach each other and the internet",
    )


RULE = StackRule(
    name="default-security-group-present",
    promise="The stack manages the default security group of its VPC, so that it is empty.",
    why="As AWS creates it, the group lets its members reach each other and the whole internet.",
    check=check,
    exceptable=False,
)
