"""Rule: each VPC states what happens while its DNS firewall is down."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC that leaves this to AWS's default."""
    yield from missing(
        stack,
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "resourceId",
        "does not set what happens while its DNS firewall is down",
    )


RULE = StackRule(
    name="dns-fail-closed-present",
    promise="The VPC sets explicitly that no name resolves while the DNS firewall is down.",
    why="A promise that relies on a default of AWS is broken when AWS changes the default.",
    check=check,
)
