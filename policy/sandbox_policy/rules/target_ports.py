"""Rule: where the load balancer forwards connections."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import PUBLIC_PORTS
from sandbox_policy.values import number, read


def check(targets: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the targets are IP addresses on a public port, over TCP."""
    port = number(read(targets.properties, "port"), "port")
    if port not in PUBLIC_PORTS:
        yield f"forwards to port {port}; only {sorted(PUBLIC_PORTS)} are public ports"
    for key, wanted in (("protocol", "TCP"), ("targetType", "ip")):
        value = read(targets.properties, key)
        if value != wanted:
            yield f"{key} is {value!r} instead of {wanted}"


RULE = ResourceRule(
    name="target-ports",
    promise="The load balancer forwards only to the ports of the viewer and the console.",
    why="Otherwise a public listener could lead to the control API.",
    types=("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"),
    check=check,
)
