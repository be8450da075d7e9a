"""Rule: ingress rules written inline in a security group."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_cidrs, judge_group, judge_prefix_lists
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read


def check(group: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each inline ingress source outside the range that the configuration allows."""
    for index, element in enumerate(items(read(group.properties, "ingress"), "ingress")):
        if element is UNKNOWN:
            yield f"ingress[{index}] is not known at preview"
            continue
        what = f"ingress[{index}]"
        rule = mapping(element, what)
        yield from judge_cidrs(read(rule, "cidrBlocks"), 4, f"{what}.cidrBlocks", context)
        yield from judge_cidrs(read(rule, "ipv6CidrBlocks"), 6, f"{what}.ipv6CidrBlocks", context)
        yield from judge_prefix_lists(read(rule, "prefixListIds"), f"{what}.prefixListIds")
        for source in items(read(rule, "securityGroups"), f"{what}.securityGroups"):
            yield from judge_group(source, f"{what}.securityGroups")


RULE = ResourceRule(
    name="ingress-inline",
    promise="Inline ingress rules of a security group admit deployerIp or nobody.",
    why="An inline rule takes effect as soon as the group exists.",
    types=("aws:ec2/securityGroup:SecurityGroup",),
    check=check,
    exceptable=False,
)
