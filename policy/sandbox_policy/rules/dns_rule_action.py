"""What a rule of the DNS firewall does."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read


def check(rule: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an action that is neither ALLOW nor BLOCK with an empty answer, and for
    a bad priority.
    """
    action = read(rule.properties, "action")
    if action == "BLOCK":
        response = read(rule.properties, "blockResponse")
        if response != "NODATA":
            yield f"blockResponse is {response!r} instead of NODATA"
    elif action != "ALLOW":
        yield f"action is {action!r}; only ALLOW and BLOCK decide anything"
    if read(rule.properties, "qType") not in (None, ""):
        yield "qType is set: queries of every other type would be judged by other rules, or by none"
    if number(read(rule.properties, "priority"), "priority") < 1:
        yield "priority is below 1"


RULE = ResourceRule(
    name="dns-rule-action",
    promise="A DNS firewall rule allows, or blocks with NODATA.",
    why="ALERT lets the query through, and OVERRIDE answers with a name that somebody else may own.",
    types=("aws:route53/resolverFirewallRule:ResolverFirewallRule",),
    check=check,
)
