"""Rule: the ports that a security group may open for inbound traffic."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import CONTROL_PORT, GROUP_RULE_FORMS, PUBLIC_PORTS, opens_only, port_rules


def check(resource: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each ingress rule that opens a port which its kind of source may not reach."""
    for rule in port_rules(resource, "ingress"):
        ports = PUBLIC_PORTS if rule.by_address else PUBLIC_PORTS | {CONTROL_PORT}
        if not opens_only(rule, ports):
            source = "an address range" if rule.by_address else "another group"
            yield (
                f"{rule.label} opens {rule.protocol} {rule.first}-{rule.last} to {source}; "
                f"only single TCP ports out of {sorted(ports)} are allowed"
            )


RULE = ResourceRule(
    name="ingress-ports",
    promise="Only ports 8443 and 8501 are open to addresses; between the tasks port 5000 is open too.",
    why="Nobody has reviewed any other port, and a range or protocol -1 opens many at once.",
    types=GROUP_RULE_FORMS,
    check=check,
)
