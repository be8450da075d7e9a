"""Port numbers that AWS would refuse, which an emulator accepts."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import GROUP_RULE_FORMS, port_rules
from sandbox_policy.values import items, mapping, number, read

SINGLE_PORTS = {
    "aws:lb/listener:Listener": ("port",),
    "aws:lb/targetGroup:TargetGroup": ("port",),
}
LAST_PORT = 65535


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each port outside 0 to 65535 and for each range whose first port is
    above its last.
    """
    if resource.type in GROUP_RULE_FORMS:
        for direction in ("ingress", "egress"):
            for rule in port_rules(resource, direction):
                if rule.protocol in ("tcp", "udp"):
                    yield from _range(rule.label, rule.first, rule.last)
    elif resource.type == TASK_DEFINITION:
        for label, container in containers_of(resource, context):
            for element in items(container.get("portMappings"), f"{label}.portMappings"):
                port = number(mapping(element, label).get("containerPort"), f"{label}.containerPort")
                if not 1 <= port <= LAST_PORT:
                    yield f"{label} maps port {port}, which is outside 1 to {LAST_PORT}"
    else:
        for key in SINGLE_PORTS[resource.type]:
            port = number(read(resource.properties, key), key)
            if not 1 <= port <= LAST_PORT:
                yield f"{key} {port} is outside 1 to {LAST_PORT}"


def _range(label: str, first: int | None, last: int | None) -> Iterator[str]:
    if first is None or last is None:
        yield f"{label} has no range of ports"
        return
    if not (0 <= first <= LAST_PORT and 0 <= last <= LAST_PORT):
        yield f"{label} has ports {first}-{last}, outside 0 to {LAST_PORT}"
    if first > last:
        yield f"{label} has its ports reversed: {first}-{last}"


RULE = ResourceRule(
    name="port-range",
    promise="Ports are between 0 and 65535, and a range begins with its lower one.",
    why="AWS refuses these half-way through a deployment; an emulator accepts them.",
    types=(*GROUP_RULE_FORMS, *SINGLE_PORTS, TASK_DEFINITION),
    check=check,
)
