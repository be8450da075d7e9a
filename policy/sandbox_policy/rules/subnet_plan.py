"""How the subnets share their VPC's addresses."""

import ipaddress
from collections.abc import Iterator
from itertools import combinations

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Resource, Stack, StackRule
from sandbox_policy.stack_config import Network, parse_source
from sandbox_policy.values import UNKNOWN, MalformedInputError, read
from sandbox_policy.vpc_features import VPC

SUBNET = "aws:ec2/subnet:Subnet"


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each subnet outside its VPC, and for each two that overlap."""
    blocks: list[tuple[Resource, Network]] = []
    for subnet in stack.of_type(SUBNET):
        vpcs = linked(stack, subnet, "vpcId", VPC)
        if len(vpcs) != 1:
            yield Finding(f"{subnet.name} is in no VPC of this stack", subnet.urn)
            continue
        for key, vpc_key in (("cidrBlock", "cidrBlock"), ("ipv6CidrBlock", "ipv6CidrBlock")):
            block = _block(subnet, key, context)
            whole = _block(vpcs[0], vpc_key, context)
            if block is None:
                continue
            blocks.append((subnet, block))
            if whole is not None and not _inside(block, whole):
                yield Finding(f"{subnet.name} ({block}) is outside its VPC ({whole})", subnet.urn)
    for (one, first), (other, second) in combinations(blocks, 2):
        if one is not other and first.overlaps(second):
            yield Finding(f"{one.name} ({first}) overlaps {other.name} ({second})", one.urn)


def _block(resource: Resource, key: str, context: Context) -> Network | None:
    value = read(resource.properties, key)
    if value in (None, ""):
        return None
    if value is UNKNOWN and context.awaits(value, f"{key} of {resource.name}"):
        return None
    try:
        if "/" not in str(value):
            raise ValueError(f"{value!r} has no prefix length")
        return parse_source(str(value))
    except ValueError as error:
        raise MalformedInputError(f"{key} of {resource.name} can't be read: {error}") from error


def _inside(block: Network, whole: Network) -> bool:
    if isinstance(block, ipaddress.IPv4Network) and isinstance(whole, ipaddress.IPv4Network):
        return block.subnet_of(whole)
    if isinstance(block, ipaddress.IPv6Network) and isinstance(whole, ipaddress.IPv6Network):
        return block.subnet_of(whole)
    return False


RULE = StackRule(
    name="subnet-plan",
    promise="Every subnet lies inside its VPC, and no two overlap.",
    why="AWS refuses such subnets half-way through a deployment; an emulator accepts them.",
    check=check,
)
