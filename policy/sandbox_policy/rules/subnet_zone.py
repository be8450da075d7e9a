"""The availability zone of a subnet."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, read

ZONE = re.compile(r"([a-z]{2,}(?:-[a-z]+)+-[0-9])[a-z]")


def check(subnet: Resource, context: Context) -> Iterator[str]:
    """Yield a message unless the subnet names a zone, of the stack's region where the
    configuration has one.
    """
    zone = read(subnet.properties, "availabilityZone")
    if zone is UNKNOWN and context.awaits(zone, "availabilityZone"):
        return
    match = ZONE.fullmatch(zone) if isinstance(zone, str) else None
    if match is None:
        yield f"availabilityZone is {zone!r}, which is no availability zone, such as us-west-2a"
    elif context.config.region is not None and match[1] != context.config.region:
        yield f"availabilityZone {zone} is not in {context.config.region}"


RULE = ResourceRule(
    name="subnet-zone",
    promise="A subnet is in an availability zone of the stack's region, and in no Local Zone.",
    why="Fargate runs in no Local Zone, and nothing fails until its tasks are to start there.",
    types=("aws:ec2/subnet:Subnet",),
    check=check,
)
