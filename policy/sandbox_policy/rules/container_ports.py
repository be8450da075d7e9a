"""Rule: the ports that containers listen on."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import CONTROL_PORT, PUBLIC_PORTS
from sandbox_policy.values import items, mapping, number

PORTS = PUBLIC_PORTS | {CONTROL_PORT}


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each mapped port that is not one of the sandbox's ports."""
    for label, container in containers_of(task, context):
        for element in items(container.get("portMappings"), f"{label}.portMappings"):
            mapped = mapping(element, f"{label}.portMappings")
            port = number(mapped.get("containerPort"), f"{label}.containerPort")
            if port not in PORTS:
                yield f"{label} listens on {port}; only {sorted(PORTS)} are the sandbox's ports"
            if mapped.get("hostPort", port) != port:
                yield f"{label} maps {port} to {mapped['hostPort']!r}: with awsvpc both must be equal"
            if mapped.get("protocol", "tcp") != "tcp":
                yield f"{label} listens on {port} with protocol {mapped['protocol']!r} instead of tcp"


RULE = ResourceRule(
    name="container-ports",
    promise="Containers listen only on the ports of the viewer, the console and the control API.",
    why="An unreviewed port needs only one wrong security group rule to be reachable.",
    types=(TASK_DEFINITION,),
    check=check,
)
