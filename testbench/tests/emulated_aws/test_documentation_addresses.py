"""Public addresses that no real machine has, and private addresses that the subnet can give."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Any

import pytest

from conftest import Aws, Refused

PUBLIC = IPv4Network("192.0.2.0/24")
DOCUMENTATION = IPv6Network("2001:db8::/32")


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


def _interfaces(ec2: Any, subnet: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ec2.describe_network_interfaces(
        Filters=[{"Name": "subnet-id", "Values": [subnet]}]
    )["NetworkInterfaces"]
    return found


def test_elastic_addresses_are_for_documentation_and_distinct_until_none_is_left(
    ec2: Any, refused: Refused
) -> None:
    made = [ec2.allocate_address(Domain="vpc") for _ in range(254)]
    addresses = {IPv4Address(one["PublicIp"]) for one in made}
    assert addresses == set(PUBLIC.hosts())
    assert refused(ec2.allocate_address, Domain="vpc") == "AddressLimitExceeded"
    ec2.release_address(AllocationId=made[100]["AllocationId"])
    assert ec2.allocate_address(Domain="vpc")["PublicIp"] == made[100]["PublicIp"]


def test_a_balancer_gets_none_of_the_elastic_addresses(
    ec2: Any, aws: Aws, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    elastic = {ec2.allocate_address(Domain="vpc")["PublicIp"] for _ in range(252)}
    aws("elbv2").create_load_balancer(Name="n", Type="network", Subnets=ipv6_subnets)
    own = [_interfaces(ec2, subnet)[0]["Association"]["PublicIp"] for subnet in ipv6_subnets]
    assert {IPv4Address(one) for one in (*elastic, *own)} == set(PUBLIC.hosts())


def test_ipv6_blocks_are_for_documentation_and_distinct(ec2: Any) -> None:
    blocks = []
    for number in range(4):
        made = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
        blocks.append(IPv6Network(made["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]))
    assert all(block.subnet_of(DOCUMENTATION) and block.prefixlen == 56 for block in blocks)
    assert len(set(blocks)) == 4


def test_an_interface_gets_the_first_address_that_the_subnet_can_give(
    ec2: Any, refused: Refused, vpc: str
) -> None:
    # AWS keeps the first four addresses and the last one.
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    made = [ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"] for _ in range(11)]
    assert [one["PrivateIpAddress"] for one in made] == [f"10.0.0.{number}" for number in range(4, 15)]
    assert refused(ec2.create_network_interface, SubnetId=subnet) == "InsufficientFreeAddressesInSubnet"
    ec2.delete_network_interface(NetworkInterfaceId=made[3]["NetworkInterfaceId"])
    again = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    assert again["PrivateIpAddress"] == made[3]["PrivateIpAddress"]


def test_an_address_that_was_asked_for_is_given_and_then_taken(ec2: Any, vpc: str) -> None:
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    asked = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.0.0.4")["NetworkInterface"]
    assert asked["PrivateIpAddress"] == "10.0.0.4"
    second = [{"PrivateIpAddress": "10.0.0.5", "Primary": True}, {"PrivateIpAddress": "10.0.0.6"}]
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddresses=second)
    assert ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["PrivateIpAddress"] == "10.0.0.7"


def test_interfaces_of_another_network_use_up_no_address(ec2: Any) -> None:
    for _ in range(2):
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
        made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
        assert made["PrivateIpAddress"] == "10.0.0.4"


def test_gateways_endpoints_and_balancers_have_addresses_of_their_subnet(
    ec2: Any, aws: Aws, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    allocation = ec2.allocate_address(Domain="vpc")
    nat = ec2.create_nat_gateway(SubnetId=ipv6_subnets[1], AllocationId=allocation["AllocationId"])
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-west-2.logs",
        SubnetIds=ipv6_subnets[1:],
        PrivateDnsEnabled=False,
    )
    aws("elbv2").create_load_balancer(Name="n", Type="network", Subnets=ipv6_subnets)
    found = _interfaces(ec2, ipv6_subnets[1])
    assert [one["PrivateIpAddress"] for one in found] == ["10.0.1.4", "10.0.1.5", "10.0.1.6"]
    (address,) = ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGateway"]["NatGatewayId"]])["NatGateways"][
        0
    ]["NatGatewayAddresses"]
    assert (address["PrivateIp"], address["PublicIp"]) == ("10.0.1.4", allocation["PublicIp"])
