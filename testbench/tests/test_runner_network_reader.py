"""Security groups and ways out, read from the emulator's API."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

import pytest

from conftest import Aws
from runner.network import reader
from runner.network.model import Rule


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    """A group without rules."""
    made = str(ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"])
    everything = [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    ]
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=everything)
    return made


def table(ec2: Any, vpc: str, subnet: str | None = None, **route: str) -> str:
    made = str(ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"])
    if route:
        ec2.create_route(RouteTableId=made, **route)
    if subnet:
        ec2.associate_route_table(RouteTableId=made, SubnetId=subnet)
    return made


def nat_gateway(ec2: Any, subnet: str) -> tuple[str, str]:
    """Its id and its public address."""
    address = ec2.allocate_address(Domain="vpc")
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"])
    return made["NatGateway"]["NatGatewayId"], address["PublicIp"]


def test_a_vpc_has_its_blocks(ec2: Any, vpc: str) -> None:
    read = reader.vpc(ec2, vpc)
    assert (read.id, read.cidr) == (vpc, IPv4Network("10.0.0.0/16"))
    assert read.ipv6_cidr is not None
    assert read.ipv6_cidr.prefixlen == 56


def test_rules_are_read_in_all_their_kinds(ec2: Any, vpc: str, group: str) -> None:
    other = ec2.create_security_group(GroupName="two", Description="two", VpcId=vpc)["GroupId"]
    ingress = [
        {
            "IpProtocol": "tcp",
            "FromPort": 8501,
            "ToPort": 8502,
            "IpRanges": [{"CidrIp": "203.0.113.1/32"}, {"CidrIp": "198.51.100.0/24"}],
            "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
        },
        {"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 5000, "UserIdGroupPairs": [{"GroupId": other}]},
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    ]
    egress = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": other}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=ingress)
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=egress)
    read = reader.security_groups(ec2, vpc)
    found = {one.id: one for one in read.groups}
    assert read.refused == ()
    assert set(found[group].ingress) == {
        Rule("tcp", 8501, 8502, IPv4Network("203.0.113.1/32")),
        Rule("tcp", 8501, 8502, IPv4Network("198.51.100.0/24")),
        Rule("tcp", 8501, 8502, IPv6Network("2001:db8::/32")),
        Rule("tcp", 5000, 5000, other),
        Rule("icmp", 8, -1, IPv4Network("0.0.0.0/0")),
    }
    assert found[group].egress == (Rule("all", -1, -1, other),)
    assert Rule("all", -1, -1, IPv4Network("0.0.0.0/0")) in found[other].egress


@pytest.mark.parametrize(
    ("permission", "reason"),
    [
        (
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "PrefixListIds": [{"PrefixListId": "pl-…"}],
            },
            "prefix list pl-",
        ),
        (
            {"IpProtocol": "50", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            "protocol 50",
        ),
    ],
)
def test_a_rule_that_is_not_understood_is_reported_and_admits_nothing(
    ec2: Any, vpc: str, group: str, permission: dict[str, Any], reason: str
) -> None:
    # EC2 takes the id of a prefix list that exists.
    for one in permission.get("PrefixListIds", []):
        one["PrefixListId"] = ec2.create_managed_prefix_list(
            PrefixListName="sites", MaxEntries=1, AddressFamily="IPv4"
        )["PrefixList"]["PrefixListId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    read = reader.security_groups(ec2, vpc)
    assert next(one.ingress for one in read.groups if one.id == group) == ()
    assert len(read.refused) == 1
    assert group in read.refused[0]
    assert reason in read.refused[0]


def test_groups_of_another_vpc_are_not_read(ec2: Any, vpc: str, group: str) -> None:
    elsewhere = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert group not in [one.id for one in reader.security_groups(ec2, elsewhere).groups]
    assert group in [one.id for one in reader.security_groups(ec2, vpc).groups]


def test_a_subnet_without_default_routes_has_no_way_out(ec2: Any, vpc: str, ipv6_subnets: list[str]) -> None:
    nothing = reader.WayOut(internet_gateway=False, nat=None, ipv6=False)
    assert reader.way_out(ec2, ipv6_subnets[0]) == nothing
    table(ec2, vpc, ipv6_subnets[0])
    assert reader.way_out(ec2, ipv6_subnets[0]) == nothing


def test_a_public_subnet_leads_to_the_internet_gateway(
    ec2: Any, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    public = table(ec2, vpc, ipv6_subnets[0], DestinationCidrBlock="0.0.0.0/0", GatewayId=internet_gateway)
    assert reader.way_out(ec2, ipv6_subnets[0]) == reader.WayOut(True, None, ipv6=False)
    ec2.create_route(RouteTableId=public, DestinationIpv6CidrBlock="::/0", GatewayId=internet_gateway)
    assert reader.way_out(ec2, ipv6_subnets[0]) == reader.WayOut(True, None, ipv6=True)
    assert reader.way_out(ec2, ipv6_subnets[1]) == reader.WayOut(False, None, ipv6=False)


def test_the_main_table_counts_where_a_subnet_has_none(
    ec2: Any, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": internet_gateway}
    ec2.create_route(RouteTableId=tables[0]["RouteTableId"], **route)
    assert reader.way_out(ec2, ipv6_subnets[0]).internet_gateway is True
    table(ec2, vpc, ipv6_subnets[0])
    assert reader.way_out(ec2, ipv6_subnets[0]).internet_gateway is False


def test_a_nat_gateway_counts_while_it_and_its_own_route_exist(
    ec2: Any, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    public, private = ipv6_subnets
    nat, address = nat_gateway(ec2, public)
    table(ec2, vpc, private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    assert reader.way_out(ec2, private).nat is None
    table(ec2, vpc, public, DestinationCidrBlock="0.0.0.0/0", GatewayId=internet_gateway)
    found = reader.way_out(ec2, private)
    assert (found.internet_gateway, str(found.nat), found.ipv6) == (False, address, False)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert reader.way_out(ec2, private).nat is None
