"""Rule: the combined effect of the rules of a DNS firewall."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Resource, Stack, StackRule
from sandbox_policy.rules.dns_firewall_present import RULE_GROUP
from sandbox_policy.values import MalformedInputError, items, number, read

FIREWALL_RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
DOMAIN_LIST = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each rule group whose last rule does not block every name, or that allows every
    name.
    """
    for group in stack.of_type(RULE_GROUP):
        rules = [
            rule
            for rule in stack.of_type(FIREWALL_RULE)
            if group in linked(stack, rule, "firewallRuleGroupId", RULE_GROUP)
        ]
        rules.sort(key=lambda rule: number(read(rule.properties, "priority"), f"priority of {rule.name}"))
        priorities = [read(rule.properties, "priority") for rule in rules]
        if len(set(priorities)) != len(priorities):
            yield Finding(f"{group.name} has two rules of the same priority", group.urn)
        if not rules or not _blocks_all(stack, rules[-1], context):
            yield Finding(f"{group.name} has no last rule that blocks every other name", group.urn)
        for rule in rules:
            if read(rule.properties, "action") == "BLOCK":
                continue
            for name in _names(stack, rule, context):
                if matches_everything(name):
                    yield Finding(f"{rule.name} allows {name}, which is too broad for an allowlist", rule.urn)


def matches_everything(name: str) -> bool:
    """Whether a firewall name matches every name, or every name of a top-level domain."""
    labels = name.rstrip(".").split(".")
    return labels[0] == "*" and len(labels) <= 2


def _blocks_all(stack: Stack, rule: Resource, context: Context) -> bool:
    return read(rule.properties, "action") == "BLOCK" and any(
        name in ("*", "*.") for name in _names(stack, rule, context)
    )


def _names(stack: Stack, rule: Resource, context: Context) -> Iterator[str]:
    lists = linked(stack, rule, "firewallDomainListId", DOMAIN_LIST)
    if len(lists) != 1:
        raise MalformedInputError(f"{rule.name} does not use exactly one domain list of this stack")
    value = read(lists[0].properties, "domains")
    if context.awaits(value, f"domains of {lists[0].name}"):
        return
    for element in items(value, f"domains of {lists[0].name}"):
        if context.awaits(element, f"domains of {lists[0].name}"):
            continue
        if not isinstance(element, str):
            raise MalformedInputError(f"{lists[0].name} holds {element!r}, which is not a name")
        yield element


RULE = StackRule(
    name="dns-firewall-rules",
    promise="The DNS firewall allows the listed names, and its last rule blocks every other name.",
    why="The resolver answers queries that match no rule, so only the last rule makes it an allowlist.",
    check=check,
    exceptable=False,
)
