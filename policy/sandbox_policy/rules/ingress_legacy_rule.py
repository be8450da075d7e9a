"""Rule: ingress rules of the older type `ec2.SecurityGroupRule`."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_cidrs, judge_group, judge_prefix_lists
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(rule: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each source outside the range that the configuration allows, and for an
    invalid direction.
    """
    direction = read(rule.properties, "type")
    if direction == "egress":
        return
    if direction != "ingress":
        yield f"type is {direction!r}, neither ingress nor egress, so it is checked as ingress"
    yield from judge_cidrs(read(rule.properties, "cidrBlocks"), 4, "cidrBlocks", context)
    yield from judge_cidrs(read(rule.properties, "ipv6CidrBlocks"), 6, "ipv6CidrBlocks", context)
    yield from judge_prefix_lists(read(rule.properties, "prefixListIds"), "prefixListIds")
    yield from judge_group(read(rule.properties, "sourceSecurityGroupId"), "sourceSecurityGroupId")


RULE = ResourceRule(
    name="ingress-legacy-rule",
    promise="Ingress rules of the type ec2.SecurityGroupRule admit deployerIp or nobody.",
    why="A stand-alone rule can open a group that looks closed in its own definition.",
    types=("aws:ec2/securityGroupRule:SecurityGroupRule",),
    check=check,
    exceptable=False,
)
