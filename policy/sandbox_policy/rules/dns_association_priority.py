"""Rule: the priority of the DNS firewall rule group in its VPC."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

LOWEST, HIGHEST = 101, 9900
"""The range that users may set (Route 53 Resolver API reference, `AssociateFirewallRuleGroup.Priority`)."""


def check(association: Resource, _: Context) -> Iterator[str]:
    """Yield a message for a priority that AWS reserves."""
    priority = number(read(association.properties, "priority"), "priority")
    if not LOWEST <= priority <= HIGHEST:
        yield f"priority {priority} is outside {LOWEST} to {HIGHEST}, the range that users may set"


RULE = ResourceRule(
    name="dns-association-priority",
    promise="The firewall's priority in its VPC is in the range that users may set, 101 to 9900.",
    why="The others are reserved for AWS Firewall Manager, whose groups come before and after all others.",
    types=("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",),
    check=check,
)
