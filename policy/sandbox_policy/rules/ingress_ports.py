"""Which ports a security group may open to the inside."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import CONTROL_PORT, GROUP_RULE_FORMS, PUBLIC_PORTS, opens_only, port_rules


def check(resource: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each ingress rule that opens another port than its kind of source may reach."""
    for rule in port_rules(resource, "ingress"):
        ports = PUBLIC_PORTS if rule.by_address else PUBLIC_PORTS | {CONTROL_PORT}
        if not opens_only(rule, ports):
            source = "an address range" if rule.by_address else "another group"
            yield (
                f"{rule.label} opens {rule.protocol} {rule.first}-{rule.last} to {source}; "
                f"only single TCP ports of {sorted(ports)} may be"
            )


RULE = ResourceRule(
    name="ingress-ports",
    promise="Only 8443 and 8501 are open to addresses, and only 5000 besides between the tasks.",
    why="Every other open port is one that nobody reviewed; a range or protocol -1 opens all of them.",
    types=GROUP_RULE_FORMS,
    check=check,
)
