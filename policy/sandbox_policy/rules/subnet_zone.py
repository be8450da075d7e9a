"""Rule: the availability zone of a subnet."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, read

ZONE = re.compile(r"([a-z]{2,}(?:-[a-z]+)+-[0-9])[a-z]")


def check(subnet: Resource, context: Context) -> Iterator[str]:
    """Yield a message unless the subnet names an availability zone, which must be in the stack's
    region if the configuration sets one.
    """
    zone = read(subnet.properties, "availabilityZone")
    if zone is UNKNOWN and context.awaits(zone, "availabilityZone"):
        return
    match = ZONE.fullmatch(zone) if isinstance(zone, str) else None
    if match is None:
        yield f"availabilityZone is {zone!r}, which is not an availability zone such as us-west-2a"
    elif context.config.region is not None and match[1] != context.config.region:
        yield f"availabilityZone {zone} is not in {context.config.region}"


RULE = ResourceRule(
    name="subnet-zone",
    promise="A subnet is in an availability zone of the stack's region and not in a Local Zone.",
    why="Fargate does not run in Local Zones, and the deployment would fail only when tasks start.",
    types=("aws:ec2/subnet:Subnet",),
    check=check,
)
