"""Rule: the sources that each security group may admit."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Resource, Stack, StackRule
from sandbox_policy.ports import CONTROL_PORT, GROUP, INGRESS_RULE, LEGACY_RULE
from sandbox_policy.rules.private_tasks import SERVICE
from sandbox_policy.values import UNKNOWN, items, mapping, read

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
AGENT = "orchestration"
SOURCE_KEY = {INGRESS_RULE: "referencedSecurityGroupId", LEGACY_RULE: "sourceSecurityGroupId"}
INLINE_ADDRESS_KEYS = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")
ADDRESS_KEYS = ("cidrIpv4", "cidrIpv6", "prefixListId", *INLINE_ADDRESS_KEYS)


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each rule that admits more than the load balancer's design needs.

    Only the load balancer's group may admit addresses. The tasks' groups admit the load balancer's
    group, and on the control port the agent's group only.
    """
    if not stack.of_type(SERVICE):
        return  # Without a task there is nothing to reach.
    doors = _groups(stack, stack.of_type(BALANCER), "securityGroups")
    agents = _groups(stack, [s for s in stack.of_type(SERVICE) if s.name == AGENT], "networkConfiguration")
    for rule in stack.of_type(*SOURCE_KEY):
        if rule.type == LEGACY_RULE and read(rule.properties, "type") == "egress":
            continue
        targets = {group.urn for group in linked(stack, rule, "securityGroupId", GROUP)}
        if not targets:
            yield Finding(f"{rule.name} opens a group that this stack does not create", rule.urn)
        if any(_present(rule, key) for key in ADDRESS_KEYS) and not targets <= doors:
            yield Finding(
                f"{rule.name} admits addresses to a group that is not the load balancer's", rule.urn
            )
        source_key = SOURCE_KEY[rule.type]
        if not _present(rule, source_key):
            continue
        sources = {group.urn for group in linked(stack, rule, source_key, GROUP)}
        port = read(rule.properties, "fromPort")
        admitted = agents - doors if port == CONTROL_PORT else doors
        if not sources or not sources <= admitted:
            who = "the agent's" if port == CONTROL_PORT else "the load balancer's"
            yield Finding(f"{rule.name} opens port {port} to a group other than {who}", rule.urn)
    for group in stack.of_type(GROUP):
        if group.urn not in doors:
            yield from _inline(group)


def _inline(group: Resource) -> Iterator[Finding]:
    value = read(group.properties, "ingress")
    if value is UNKNOWN:
        return  # The provider computes it from the stand-alone rules. Inline rules are checked as inputs.
    for element in items(value, f"ingress of {group.name}"):
        rule = mapping(element, f"ingress of {group.name}")
        if any(
            list(items(read(rule, key), key)) for key in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")
        ):
            yield Finding(f"{group.name} admits addresses although it is not the load balancer's", group.urn)


def _groups(stack: Stack, resources: list[Resource], key: str) -> set[str]:
    return {group.urn for resource in resources for group in linked(stack, resource, key, GROUP)}


def _present(rule: Resource, key: str) -> bool:
    value = read(rule.properties, key)
    return bool(rule.ties.get(key)) if value is UNKNOWN else bool(value)


RULE = StackRule(
    name="group-sources",
    promise="Only the load balancer admits addresses. The tasks admit it, and the control port the agent.",
    why="A rule that admits the deployer directly to a task bypasses the load balancer.",
    check=check,
    exceptable=False,
)
