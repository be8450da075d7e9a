"""Subnets that give public addresses away."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

SWITCHES = ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation")


def check(subnet: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each switch that is on, unknown or malformed."""
    for switch in SWITCHES:
        value = read(subnet.properties, switch)
        if value not in (False, None):
            yield f"{switch} is {value!r} instead of false"


RULE = ResourceRule(
    name="subnet-public-ip",
    promise="No subnet gives new interfaces a public address by itself.",
    why="With it, whatever is started in the subnet later is on the internet without anybody saying so.",
    types=("aws:ec2/subnet:Subnet",),
    check=check,
)
