"""Rule: the ports that a security group may open for outbound traffic."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import (
    CONTROL_PORT,
    GROUP_RULE_FORMS,
    PUBLIC_PORTS,
    WEB_PORTS,
    opens_only,
    port_rules,
)


def check(resource: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each egress rule that allows more than web traffic or the sandbox's own ports."""
    for rule in port_rules(resource, "egress"):
        ports = WEB_PORTS if rule.by_address else PUBLIC_PORTS | {CONTROL_PORT}
        if rule.by_ipv6:
            yield f"{rule.label} allows IPv6, which the tasks do not have"
        if not opens_only(rule, ports):
            target = "addresses" if rule.by_address else "another group"
            yield (
                f"{rule.label} allows {rule.protocol} {rule.first}-{rule.last} to {target}; "
                f"only single TCP ports out of {sorted(ports)} are allowed"
            )


RULE = ResourceRule(
    name="egress-ports",
    promise="Outbound traffic uses TCP 443 and 80 only, and between the groups the sandbox's own ports.",
    why="Any other port is a way around the DNS firewall: another resolver on 53 or 853, or a tunnel.",
    types=GROUP_RULE_FORMS,
    check=check,
)
