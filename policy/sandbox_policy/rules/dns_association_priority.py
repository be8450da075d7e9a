"""The priority of a DNS firewall in its VPC."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

LOWEST, HIGHEST = 101, 9900
"""What AWS leaves to users (Route 53 Resolver API reference, `AssociateFirewallRuleGroup.Priority`)."""


def check(association: Resource, _: Context) -> Iterator[str]:
    """Yield a message for a priority that AWS keeps for itself."""
    priority = number(read(association.properties, "priority"), "priority")
    if not LOWEST <= priority <= HIGHEST:
        yield f"priority {priority} is outside {LOWEST} to {HIGHEST}, which AWS leaves to its users"


RULE = ResourceRule(
    name="dns-association-priority",
    promise="The firewall's priority in its VPC is one that AWS gives to users: 101 to 9900.",
    why="The others are for an administrator's groups, which come before and after every group of ours.",
    types=("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",),
    check=check,
)
