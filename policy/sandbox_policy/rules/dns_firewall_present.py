"""Rule: each VPC has a DNS firewall."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.vpc_features import missing

ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
RULE_GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each VPC without a firewall, and for each association with another stack's rule
    group.
    """
    yield from missing(stack, ASSOCIATION, "vpcId", "has no DNS firewall")
    for association in stack.of_type(ASSOCIATION):
        if not linked(stack, association, "firewallRuleGroupId", RULE_GROUP):
            yield Finding(f"{association.name} associates no rule group of this stack", association.urn)


RULE = StackRule(
    name="dns-firewall-present",
    promise="A DNS firewall of this stack filters the DNS queries of the VPC.",
    why="Without it the desktop resolves every name, and the allowlist has no effect.",
    check=check,
    exceptable=False,
)
