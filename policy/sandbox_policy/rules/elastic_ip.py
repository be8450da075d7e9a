"""Rule: Elastic IP addresses."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

ATTACHMENTS = ("instance", "networkInterface", "associateWithPrivateIp")


def check(address: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each attachment of the address to an instance or a network interface."""
    for key in ATTACHMENTS:
        if read(address.properties, key) is not None:
            yield f"{key} is set: only a NAT gateway may have an Elastic IP address"


RULE = ResourceRule(
    name="elastic-ip",
    promise="Elastic IP addresses belong to NAT gateways only.",
    why="An Elastic IP address on a network interface makes it reachable from the internet.",
    types=("aws:ec2/eip:Eip",),
    check=check,
)
