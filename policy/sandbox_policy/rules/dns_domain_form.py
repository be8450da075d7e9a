"""Rule: how the names on a DNS firewall list are written."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, read

NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+")
EVERY_NAME = "*."
LONGEST = 255


def check(domains: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each name that AWS would store in a different form, or would refuse."""
    value = read(domains.properties, "domains")
    if context.awaits(value, "domains"):
        return
    for element in items(value, "domains"):
        if element is UNKNOWN and context.awaits(element, "domains"):
            continue
        if not isinstance(element, str):
            yield f"{element!r} is not a name"
        elif not element.endswith("."):
            yield f"{element!r} lacks its final dot: AWS adds it, and every refresh would find a difference"
        elif element != EVERY_NAME and (len(element) > LONGEST or not NAME.fullmatch(element)):
            yield f"{element!r} is not a domain name that the DNS firewall accepts"


RULE = ResourceRule(
    name="dns-domain-form",
    promise="Names on firewall lists are written as AWS stores them, with their final dot.",
    why="AWS rewrites other forms; each refresh would then show a difference that hides real drift.",
    types=("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",),
    check=check,
)
