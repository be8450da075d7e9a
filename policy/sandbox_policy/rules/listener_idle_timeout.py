"""How long the load balancer keeps a connection on which nothing is said."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

SHORTEST, LONGEST = 60, 6000
"""Seconds that a Network Load Balancer takes for TCP (botocore: `elbv2.ListenerAttribute`)."""


def check(listener: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an idle timeout outside what AWS takes; none means 350 seconds."""
    value = read(listener.properties, "tcpIdleTimeoutSeconds")
    if value is not None and not SHORTEST <= number(value, "tcpIdleTimeoutSeconds") <= LONGEST:
        yield f"tcpIdleTimeoutSeconds is {value} instead of {SHORTEST} to {LONGEST}"


RULE = ResourceRule(
    name="listener-idle-timeout",
    promise="A connection to the desktop may be idle for as long as AWS allows, and no longer.",
    why="AWS refuses other values when the front door is the last thing that is missing.",
    types=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
    check=check,
)
