"""EC2 subnets: IPv6 blocks that can be looked up, and the addresses and zones that AWS refuses."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response

from emulator.actions import Parameters, checks, refuse

_IPV6_SUBNET_PREFIXES = range(44, 64 + 1, 4)


def _ipv6_associations(subnet: Subnet) -> list[dict[str, Any]]:
    return [
        {
            "ipv6CidrBlock": association["ipv6CidrBlock"],
            "associationId": association["associationId"],
            "ipv6CidrBlockState": {"state": association["ipv6CidrBlockState"]["State"]},
        }
        for association in subnet.ipv6_cidr_block_associations.values()
        if association["ipv6CidrBlockState"]["State"] == "associated"
    ]


def _add_ipv6_filters() -> None:
    original = Subnet.get_filter_value

    def get_filter_value(self: Subnet, filter_name: str, method_name: str | None = None) -> Any:
        associations = _ipv6_associations(self)
        match filter_name:
            case "ipv6-cidr-block-association.association-id":
                return [association["associationId"] for association in associations]
            case "ipv6-cidr-block-association.ipv6-cidr-block":
                return [association["ipv6CidrBlock"] for association in associations]
            case "ipv6-cidr-block-association.state":
                return [association["ipv6CidrBlockState"]["state"] for association in associations]
        return original(self, filter_name, method_name)

    Subnet.get_filter_value = get_filter_value  # type: ignore[method-assign]
    # moto nests the state once too deep for its own serializer, so that clients read none.
    Subnet.ipv6_cidr_block_association_set = property(_ipv6_associations)  # type: ignore[assignment]


_add_ipv6_filters()


@checks(EC2Response, "create_subnet", "associate_subnet_cidr_block")
def ipv6_block_must_fit(call: Any, parameters: Parameters) -> None:
    text = parameters.get("Ipv6CidrBlock")
    if text is None:
        return
    block = ipaddress.IPv6Network(text)
    if block.prefixlen not in _IPV6_SUBNET_PREFIXES:
        refuse("InvalidSubnet.Range", f"The IPv6 CIDR '{text}' is invalid.")
    subnets = call.ec2_backend.describe_subnets()
    vpc_id = parameters.get("VpcId") or call.ec2_backend.get_subnet(parameters["SubnetId"]).vpc_id
    vpc = call.ec2_backend.get_vpc(vpc_id)
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


@checks(EC2Response, "create_subnet")
def zone_must_be_of_the_region(call: Any, parameters: Parameters) -> None:
    zone = parameters.get("AvailabilityZone")
    zones = [known.name for known in call.ec2_backend.describe_availability_zones()]
    if zone is not None and zone not in zones:
        refuse(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Known: {zones}.",
        )


@checks(EC2Response, "create_subnet")
def ipv4_block_must_have_an_allowed_size(_call: Any, parameters: Parameters) -> None:
    # VPC guide, "Subnet CIDR blocks": between /28 and /16.
    prefix = parameters.get("CidrBlock", "").rpartition("/")[2]
    if prefix.isdecimal() and not 16 <= int(prefix) <= 28:
        refuse("InvalidSubnet.Range", f"The CIDR '{parameters['CidrBlock']}' is invalid.")
