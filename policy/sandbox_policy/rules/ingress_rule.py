"""Rule: ingress rules of the type `vpc.SecurityGroupIngressRule`, which this project uses."""

from collections.abc import Iterator

from sandbox_policy.ingress import judge_cidr, judge_group, judge_prefix_lists
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def check(rule: Resource, context: Context) -> Iterator[str]:
    """Yield a message for a source outside the range that the configuration allows, and for a rule that does
    not have exactly one source.
    """
    given = {name: value for name in SOURCES if (value := read(rule.properties, name)) is not None}
    if len(given) != 1:
        yield f"names {len(given)} sources instead of one: {', '.join(given) or 'none'}"
    yield from judge_cidr(given.get("cidrIpv4"), 4, "cidrIpv4", context)
    yield from judge_cidr(given.get("cidrIpv6"), 6, "cidrIpv6", context)
    if "prefixListId" in given:
        yield from judge_prefix_lists([given["prefixListId"]], "prefixListId")
    yield from judge_group(given.get("referencedSecurityGroupId"), "referencedSecurityGroupId")


RULE = ResourceRule(
    name="ingress-rule",
    promise="Ingress rules of the type vpc.SecurityGroupIngressRule admit deployerIp or nobody.",
    why="These rules open the load balancer: one wrong CIDR would open the desktop to the internet.",
    types=("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",),
    check=check,
    exceptable=False,
)
