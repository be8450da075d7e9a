"""What EC2's API says about a VPC, in the words of this package.

Rules only ever admit, and routes only ever lead out: what is not understood here gives neither, and is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Any

from runner.network.model import Peer, Rule, SecurityGroup, Vpc

_PROTOCOLS = {
    "-1": "all",
    "tcp": "tcp",
    "6": "tcp",
    "udp": "udp",
    "17": "udp",
    "icmp": "icmp",
    "1": "icmp",
    "icmpv6": "icmpv6",
    "58": "icmpv6",
}


@dataclass(frozen=True)
class SecurityGroups:
    """groups: a VPC's; refused: a sentence for each rule that was left out of them."""

    groups: tuple[SecurityGroup, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class WayOut:
    """Where a subnet's default routes lead.

    internet_gateway: an interface with a public address is on the IPv4 internet.
    nat: every interface reaches the IPv4 internet from this public address of a NAT gateway.
    ipv6: an interface with an IPv6 address is on the IPv6 internet.
    """

    internet_gateway: bool
    nat: IPv4Address | None
    ipv6: bool


def vpc(ec2: Any, vpc_id: str) -> Vpc:
    """A VPC with its first blocks of addresses. `ec2` is boto3's client, here and below; its errors pass."""
    described = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    blocks = [
        IPv6Network(association["Ipv6CidrBlock"])
        for association in described.get("Ipv6CidrBlockAssociationSet", [])
        if association["Ipv6CidrBlockState"]["State"] == "associated"
    ]
    return Vpc(vpc_id, IPv4Network(described["CidrBlock"]), blocks[0] if blocks else None)


def security_groups(ec2: Any, vpc_id: str) -> SecurityGroups:
    """All of a VPC's groups. A rule that names a prefix list, or a protocol without ports, admits nothing."""
    pages = ec2.get_paginator("describe_security_groups").paginate(
        Filters=[{"Name": "vpc-id", "Values": [vpc_id]}]
    )
    refused: list[str] = []
    groups = tuple(
        SecurityGroup(
            group["GroupId"],
            tuple(_rules(group["GroupId"], "ingress", group["IpPermissions"], refused)),
            tuple(_rules(group["GroupId"], "egress", group["IpPermissionsEgress"], refused)),
        )
        for page in pages
        for group in page["SecurityGroups"]
    )
    return SecurityGroups(groups, tuple(refused))


def _rules(
    group: str, direction: str, permissions: Iterable[Mapping[str, Any]], refused: list[str]
) -> Iterator[Rule]:
    for permission in permissions:
        for prefix_list in permission.get("PrefixListIds", []):
            refused.append(
                f"Security group {group}, {direction}: the prefix list {prefix_list['PrefixListId']} admits "
                "nothing here; name blocks of addresses or a security group."
            )
        for peer in _peers(permission):
            try:
                yield _rule(permission, peer)
            except ValueError as error:
                refused.append(
                    f"Security group {group}, {direction}, {peer}: it admits nothing here: {error}."
                )


def _peers(permission: Mapping[str, Any]) -> Iterator[str]:
    for block in permission.get("IpRanges", []):
        yield block["CidrIp"]
    for block in permission.get("Ipv6Ranges", []):
        yield block["CidrIpv6"]
    for pair in permission.get("UserIdGroupPairs", []):
        yield pair["GroupId"]


def _rule(permission: Mapping[str, Any], named: str) -> Rule:
    peer: Peer = named
    if not named.startswith("sg-"):
        peer = IPv6Network(named, strict=False) if ":" in named else IPv4Network(named, strict=False)
    protocol = _PROTOCOLS.get(str(permission["IpProtocol"]))
    if protocol is None:
        raise ValueError(f"protocol {permission['IpProtocol']} is none of {', '.join(_PROTOCOLS)}")
    if protocol == "all":
        return Rule(protocol, -1, -1, peer)
    first, last = permission.get("FromPort"), permission.get("ToPort")
    return Rule(protocol, -1 if first is None else first, -1 if last is None else last, peer)


def way_out(ec2: Any, subnet_id: str) -> WayOut:
    """Where a subnet's default routes lead: those of its route table, or of the VPC's main one."""
    subnet = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    routes = _routes(ec2, subnet_id, subnet["VpcId"])
    gateways = _internet_gateways(ec2, subnet["VpcId"])
    ipv4 = routes.get("0.0.0.0/0", {})
    return WayOut(
        internet_gateway=ipv4.get("GatewayId") in gateways,
        nat=_nat_address(ec2, ipv4["NatGatewayId"], gateways) if ipv4.get("NatGatewayId") else None,
        ipv6=routes.get("::/0", {}).get("GatewayId") in gateways,
    )


def _routes(ec2: Any, subnet_id: str, vpc_id: str) -> dict[str, Mapping[str, Any]]:
    """The active routes by destination."""
    own = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    main = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
    for filters in (own, main):
        for table in ec2.describe_route_tables(Filters=filters)["RouteTables"]:
            return {
                route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock", ""): route
                for route in table["Routes"]
                if route.get("State") == "active"
            }
    return {}


def _internet_gateways(ec2: Any, vpc_id: str) -> set[str]:
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    answer = ec2.describe_internet_gateways(Filters=attached)
    return {gateway["InternetGatewayId"] for gateway in answer["InternetGateways"]}


def _nat_address(ec2: Any, nat_id: str, gateways: set[str]) -> IPv4Address | None:
    """A NAT gateway's public address, when it and its own subnet's route are in order."""
    wanted = [{"Name": "nat-gateway-id", "Values": [nat_id]}]
    for nat in ec2.describe_nat_gateways(Filters=wanted)["NatGateways"]:
        own = _routes(ec2, nat["SubnetId"], nat["VpcId"]).get("0.0.0.0/0", {})
        addresses = [one["PublicIp"] for one in nat["NatGatewayAddresses"] if one.get("PublicIp")]
        if nat["State"] == "available" and addresses and own.get("GatewayId") in gateways:
            return IPv4Address(addresses[0])
    return None
