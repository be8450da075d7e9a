"""Rule: what a flow log records."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(log: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless all traffic is written to a log group."""
    traffic = read(log.properties, "trafficType")
    if traffic != "ALL":
        yield f"trafficType is {traffic!r} instead of ALL"
    destination = read(log.properties, "logDestinationType")
    if destination not in ("cloud-watch-logs", None):
        yield f"logDestinationType is {destination!r} instead of cloud-watch-logs"
    if read(log.properties, "logDestination") is None and read(log.properties, "logGroupName") is None:
        yield "logDestination is missing"


RULE = ResourceRule(
    name="flow-log",
    promise="Flow logs record accepted and rejected traffic in a log group.",
    why="A log of accepted traffic alone would not show failed attempts.",
    types=("aws:ec2/flowLog:FlowLog",),
    check=check,
)
