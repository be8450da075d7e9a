"""Rule: the ports that the load balancer listens on."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import PUBLIC_PORTS
from sandbox_policy.values import number, read


def check(listener: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the listener is TCP on one of the public ports."""
    port = number(read(listener.properties, "port"), "port")
    if port not in PUBLIC_PORTS:
        yield f"listens on {port}; only {sorted(PUBLIC_PORTS)} are public ports"
    protocol = read(listener.properties, "protocol")
    if protocol != "TCP":
        yield f"protocol is {protocol!r} instead of TCP: TLS ends in the containers"


RULE = ResourceRule(
    name="listener-ports",
    promise="The load balancer listens on TCP 8443 and 8501 and nowhere else.",
    why="A listener on port 5000 would expose the control API to the internet.",
    types=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
    check=check,
)
