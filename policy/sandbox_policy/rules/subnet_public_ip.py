"""Rule: subnets assign no public addresses."""

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
    promise="No subnet assigns public addresses automatically.",
    why="Otherwise anything that is started in the subnet later has a public address by default.",
    types=("aws:ec2/subnet:Subnet",),
    check=check,
)
