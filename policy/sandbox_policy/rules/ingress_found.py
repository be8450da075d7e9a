"""What the security groups are found to admit, whoever wrote the rules."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_cidrs, judge_prefix_lists
from sandbox_policy.model import Context, Finding, Stack, StackRule
from sandbox_policy.ports import GROUP
from sandbox_policy.values import UNKNOWN, items, mapping, read


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each source outside the allowed ones that a refresh found in a group.

    A rule that somebody adds by hand is no drift for the provider, since the group's rules are
    resources of their own; but after a refresh the group's outputs show it.
    """
    for group in stack.of_type(GROUP):
        found = read(group.properties, "ingress")
        if found is UNKNOWN:
            continue  # A group that is about to be created holds nothing yet.
        for element in items(found, f"ingress of {group.name}"):
            rule = mapping(element, f"ingress of {group.name}")
            for key, version in (("cidrBlocks", 4), ("ipv6CidrBlocks", 6)):
                for message in judge_cidrs(read(rule, key), version, f"{group.name} admits", context):
                    yield Finding(message, group.urn)
            for message in judge_prefix_lists(read(rule, "prefixListIds"), group.name):
                yield Finding(message, group.urn)


RULE = StackRule(
    name="ingress-found",
    promise="After a refresh, the security groups admit deployerIp or nobody, whoever wrote their rules.",
    why="A rule added by hand is in no program; `pulumi up --refresh` has to stop at it.",
    check=check,
    exceptable=False,
)
