"""Rule: ingress entries of network ACLs (inline, in the default ACL, and stand-alone)."""

from collections.abc import Iterator, Mapping

from sandbox_policy.ingress import judge_cidr
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read

STANDALONE = "aws:ec2/networkAclRule:NetworkAclRule"


def check(acl: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each entry that admits a source outside the range that the configuration allows."""
    if acl.type == STANDALONE:
        if read(acl.properties, "egress") is not True:
            yield from _judge_entry(acl.properties, "ruleAction", "", context)
        return
    for index, element in enumerate(items(read(acl.properties, "ingress"), "ingress")):
        if element is UNKNOWN:
            yield f"ingress[{index}] is not known at preview"
            continue
        what = f"ingress[{index}]"
        yield from _judge_entry(mapping(element, what), "action", f"{what}.", context)


def _judge_entry(entry: Mapping[str, object], action_key: str, what: str, context: Context) -> Iterator[str]:
    action = read(entry, action_key)
    if isinstance(action, str) and action.lower() == "deny":
        return
    if not isinstance(action, str) or action.lower() != "allow":
        yield f"{what}{action_key} is {action!r}, neither allow nor deny, so it is checked as allow"
    if read(entry, "cidrBlock") is None and read(entry, "ipv6CidrBlock") is None:
        yield f"{what}cidrBlock and {what}ipv6CidrBlock are both missing"
    yield from judge_cidr(read(entry, "cidrBlock"), 4, f"{what}cidrBlock", context)
    yield from judge_cidr(read(entry, "ipv6CidrBlock"), 6, f"{what}ipv6CidrBlock", context)


RULE = ResourceRule(
    name="ingress-network-acl",
    promise="A network ACL that this stack defines admits deployerIp or nobody.",
    why="An ACL entry that admits everybody removes the second line of defence behind the security groups.",
    types=(
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        STANDALONE,
    ),
    check=check,
    exceptable=False,
)
