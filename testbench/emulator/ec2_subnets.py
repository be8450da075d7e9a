"""EC2 subnets: IPv6 blocks by which they can be found, and the addresses and zones that AWS refuses."""

from __future__ import annotations

import ipaddress
from typing import Any

from emulator import moto_adapter
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

_IPV6_SUBNET_PREFIXES = range(44, 64 + 1, 4)


def _ipv6_associations(subnet: Any) -> list[dict[str, Any]]:
    return [
        {
            "ipv6CidrBlock": association["ipv6CidrBlock"],
            "associationId": association["associationId"],
            "ipv6CidrBlockState": {"state": association["ipv6CidrBlockState"]["State"]},
        }
        for association in subnet.ipv6_cidr_block_associations.values()
        if association["ipv6CidrBlockState"]["State"] == "associated"
    ]


moto_adapter.show_ipv6_associations(_ipv6_associations)


@checks("ec2", "create_subnet", "associate_subnet_cidr_block")
def ipv6_block_must_fit(call: Call, parameters: Parameters) -> None:
    text = parameters.get("Ipv6CidrBlock")
    if text is None:
        return
    block = ipaddress.IPv6Network(text)
    if block.prefixlen not in _IPV6_SUBNET_PREFIXES:
        refuse("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is invalid.")
    subnets = call.backend.describe_subnets()
    vpc_id = parameters.get("VpcId") or call.backend.get_subnet(parameters["SubnetId"]).vpc_id
    vpc = call.backend.get_vpc(vpc_id)
    own = [
        ipaddress.IPv6Network(association["cidr_block"])
        for association in vpc.get_cidr_block_association_set(ipv6=True)
    ]
    if not any(block.subnet_of(known) for known in own):
        refuse("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is not in the VPC's.")
    for subnet in subnets:
        if subnet.vpc_id != vpc_id or subnet.id == parameters.get("SubnetId"):
            continue
        for association in _ipv6_associations(subnet):
            if block.overlaps(ipaddress.IPv6Network(association["ipv6CidrBlock"])):
                refuse("InvalidSubnet.Conflict", f"The IPv6 CIDR '{text}' overlaps that of {subnet.id}.")


@checks("ec2", "create_subnet")
def zone_must_be_of_the_region(call: Call, parameters: Parameters) -> None:
    zone = parameters.get("AvailabilityZone")
    zones = [known.name for known in call.backend.describe_availability_zones()]
    if zone is not None and zone not in zones:
        refuse(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Known: {zones}.",
        )


@checks("ec2", "create_subnet")
def ipv4_block_must_have_an_allowed_size(_call: Call, parameters: Parameters) -> None:
    # VPC guide, "Subnet CIDR blocks": between /28 and /16.
    prefix = parameters.get("CidrBlock", "").rpartition("/")[2]
    if prefix.isdecimal() and not 16 <= int(prefix) <= 28:
        refuse("InvalidSubnet.Range", f"The CIDR '{parameters['CidrBlock']}' is invalid.")
