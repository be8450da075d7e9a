"""Rule: the sources that the deployed security groups admit, including rules added by hand."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sandbox_policy.ingress import judge_cidr, judge_prefix_lists
from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Resource, Stack, StackRule
from sandbox_policy.ports import GROUP, INGRESS_RULE
from sandbox_policy.stack_config import WIDEST_PREFIX, parse_source
from sandbox_policy.values import UNKNOWN, items, mapping, read

Ports = tuple[object, object]

SOURCES = (("cidrBlocks", 4), ("ipv6CidrBlocks", 6))


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each source that a refresh found in a group and that is not allowed.

    The provider does not report a rule that somebody adds by hand as drift, since the rules of a group are
    separate resources. After a refresh, however, the group's outputs contain it. They also still contain
    the old source after a change of deployerIp, until the next refresh. Therefore one old source is
    tolerated for each new source of the same ports, if the old one could have been a valid deployerIp.
    """
    for group in stack.of_type(GROUP):
        found = read(group.properties, "ingress")
        if found is UNKNOWN:
            continue  # A group that is about to be created has no rules yet.
        rules = [
            mapping(element, f"ingress of {group.name}")
            for element in items(found, f"ingress of {group.name}")
        ]
        replaced = _not_found_yet(stack, group, rules)
        for rule in rules:
            ports = read(rule, "fromPort"), read(rule, "toPort")
            for key, version in SOURCES:
                for source in items(read(rule, key), f"{group.name} admits"):
                    messages = list(judge_cidr(source, version, f"{group.name} admits", context))
                    if messages and replaced[ports] and _could_be_allowed(source):
                        replaced[ports] -= 1
                    else:
                        yield from (Finding(message, group.urn) for message in messages)
            for message in judge_prefix_lists(read(rule, "prefixListIds"), group.name):
                yield Finding(message, group.urn)


def _not_found_yet(stack: Stack, group: Resource, found: list[Mapping[str, object]]) -> Counter[Ports]:
    """Count, by ports, the sources of the stack's rules for this group that the group's outputs do not
    contain.
    """
    shown = {
        (read(rule, "fromPort"), read(rule, "toPort"), source)
        for rule in found
        for key, _ in SOURCES
        for source in items(read(rule, key), key)
        if isinstance(source, str)
    }
    missing: Counter[Ports] = Counter()
    for rule in stack.of_type(INGRESS_RULE):
        source = read(rule.properties, "cidrIpv4") or read(rule.properties, "cidrIpv6")
        ports = read(rule.properties, "fromPort"), read(rule.properties, "toPort")
        ours = group in linked(stack, rule, "securityGroupId", GROUP)
        if ours and isinstance(source, str) and (*ports, source) not in shown:
            missing[ports] += 1
    return missing


def _could_be_allowed(source: object) -> bool:
    try:
        network = parse_source(str(source))
    except ValueError:
        return False
    return network.prefixlen >= WIDEST_PREFIX[network.version]


RULE = StackRule(
    name="ingress-found",
    promise="After a refresh, security groups admit only deployerIp or nobody, rules added by hand included.",
    why="No program contains a rule added by hand, so `pulumi up --refresh` must stop at it.",
    check=check,
    exceptable=False,
)
