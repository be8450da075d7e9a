"""Rule: the action of a DNS firewall rule."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read


def check(rule: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an action other than ALLOW and BLOCK with NODATA, and for an invalid
    priority.
    """
    action = read(rule.properties, "action")
    if action == "BLOCK":
        response = read(rule.properties, "blockResponse")
        if response != "NODATA":
            yield f"blockResponse is {response!r} instead of NODATA"
    elif action != "ALLOW":
        yield f"action is {action!r}; use ALLOW or BLOCK"
    if read(rule.properties, "qType") not in (None, ""):
        yield "qType is set: other rules, or none, would decide about queries of every other type"
    if number(read(rule.properties, "priority"), "priority") < 1:
        yield "priority is below 1"


RULE = ResourceRule(
    name="dns-rule-action",
    promise="A DNS firewall rule either allows a name or blocks it with the answer NODATA.",
    why="ALERT lets the query through, and OVERRIDE answers with a name that may belong to somebody else.",
    types=("aws:route53/resolverFirewallRule:ResolverFirewallRule",),
    check=check,
)
