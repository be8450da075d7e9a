"""Each VPC says what happens while its DNS firewall is down."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC that leaves this to AWS."""
    yield from missing(
        stack,
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "resourceId",
        "does not say what its DNS firewall does while it is down",
    )


RULE = StackRule(
    name="dns-fail-closed-present",
    promise="The VPC says that no name resolves while the DNS firewall is down.",
    why="A promise that rests on a default of AWS ends when the default changes.",
    check=check,
)
