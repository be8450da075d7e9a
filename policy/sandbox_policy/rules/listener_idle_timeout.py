"""Rule: how long the load balancer keeps an idle connection."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

SHORTEST, LONGEST = 60, 6000
"""The range that a Network Load Balancer accepts for TCP, in seconds (botocore: `elbv2.ListenerAttribute`).
"""


def check(listener: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an idle timeout outside the range that AWS accepts. The default is 350 seconds."""
    value = read(listener.properties, "tcpIdleTimeoutSeconds")
    if value is not None and not SHORTEST <= number(value, "tcpIdleTimeoutSeconds") <= LONGEST:
        yield f"tcpIdleTimeoutSeconds is {value} instead of {SHORTEST} to {LONGEST}"


RULE = ResourceRule(
    name="listener-idle-timeout",
    promise="The idle timeout of connections is within the range that AWS accepts.",
    why="AWS refuses other values only at the end of a deployment, when everything else exists.",
    types=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
    check=check,
)
