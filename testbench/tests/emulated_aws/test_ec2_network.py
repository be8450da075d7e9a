"""Subnets, routes, gateways, flow logs: what AWS refuses, and what moto forgets."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Aws, Refused, create_role


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


def test_a_subnet_has_its_ipv6_block_and_is_found_by_it(ec2: Any, ipv6_subnets: list[str]) -> None:
    subnet = ec2.describe_subnets(SubnetIds=ipv6_subnets[:1])["Subnets"][0]
    association = subnet["Ipv6CidrBlockAssociationSet"][0]
    assert association["Ipv6CidrBlockState"]["State"] == "associated"
    name = "ipv6-cidr-block-association.association-id"
    found = ec2.describe_subnets(Filters=[{"Name": name, "Values": [association["AssociationId"]]}])[
        "Subnets"
    ]
    assert [one["SubnetId"] for one in found] == ipv6_subnets[:1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CidrBlock": "10.1.0.0/24"}, "InvalidSubnet.Range"),
        ({"CidrBlock": "10.0.0.128/25"}, "InvalidSubnet.Conflict"),
        ({"AvailabilityZone": "us-east-1a"}, "InvalidParameterValue"),
        ({"Ipv6CidrBlock": "2001:db8::/64"}, "InvalidSubnet.Range"),
        ({"VpcId": "vpc-0123456789abcdef0"}, "InvalidVpcID.NotFound"),
    ],
    ids=str,
)
def test_a_subnet_with_an_invalid_block_or_zone_is_refused(
    ec2: Any, refused: Refused, vpc: str, ipv6_subnets: list[str], changes: dict[str, str], code: str
) -> None:
    assert ipv6_subnets
    assert refused(ec2.create_subnet, **{"VpcId": vpc, "CidrBlock": "10.0.9.0/24", **changes}) == code


def test_an_overlapping_ipv6_block_is_refused(
    ec2: Any, refused: Refused, vpc: str, ipv6_subnets: list[str]
) -> None:
    subnet = ec2.describe_subnets(SubnetIds=ipv6_subnets[:1])["Subnets"][0]
    taken = subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    code = refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.9.0/24", Ipv6CidrBlock=taken)
    assert code == "InvalidSubnet.Conflict"


def test_a_route_to_a_missing_nat_gateway_is_refused(ec2: Any, refused: Refused, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    assert (
        refused(ec2.create_route, **route, NatGatewayId="nat-0123456789abcdef0")
        == "InvalidNatGatewayID.NotFound"
    )
    assert (
        refused(ec2.create_route, **route, GatewayId="igw-0123456789abcdef0") == "InvalidGatewayID.NotFound"
    )


def test_a_route_to_another_networks_gateway_is_refused(
    ec2: Any, refused: Refused, internet_gateway: str
) -> None:
    elsewhere = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=elsewhere)["RouteTable"]["RouteTableId"]
    code = refused(
        ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=internet_gateway
    )
    assert code == "InvalidParameterValue"


def test_a_nat_gateway_needs_an_internet_gateway_and_an_address(
    ec2: Any, refused: Refused, vpc: str, ipv6_subnets: list[str]
) -> None:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = {"SubnetId": ipv6_subnets[0], "AllocationId": address}
    assert refused(ec2.create_nat_gateway, **nat) == "Gateway.NotAttached"
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    missing = {**nat, "AllocationId": "eipalloc-0123456789abcdef0"}
    assert refused(ec2.create_nat_gateway, **missing) == "InvalidAllocationID.NotFound"
    ec2.create_nat_gateway(**nat)
    assert refused(ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc) == "DependencyViolation"
    assert refused(ec2.delete_subnet, SubnetId=ipv6_subnets[0]) == "DependencyViolation"


def test_a_nat_gateways_interface_goes_with_it_and_gives_its_address_back(
    ec2: Any, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=ipv6_subnets[0], AllocationId=allocation)["NatGateway"]
    assert ec2.describe_network_interfaces()["NetworkInterfaces"]
    for _ in range(2):
        ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
        assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert "AssociationId" not in ec2.describe_addresses()["Addresses"][0]
    ec2.delete_subnet(SubnetId=ipv6_subnets[0])


def test_a_subnet_with_an_interface_cannot_be_deleted(
    ec2: Any, refused: Refused, ipv6_subnets: list[str]
) -> None:
    made = ec2.create_network_interface(SubnetId=ipv6_subnets[0])["NetworkInterface"]
    assert refused(ec2.delete_subnet, SubnetId=ipv6_subnets[0]) == "DependencyViolation"
    ec2.delete_subnet(SubnetId=ipv6_subnets[1])
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    ec2.delete_subnet(SubnetId=ipv6_subnets[0])


def test_a_vpc_with_a_gateway_or_a_group_cannot_be_deleted(
    ec2: Any, refused: Refused, vpc: str, internet_gateway: str
) -> None:
    assert refused(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=internet_gateway, VpcId=vpc)
    group = ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"]
    assert refused(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def test_a_flow_log_to_a_group_named_by_its_arn_is_delivered(ec2: Any, aws: Aws, vpc: str) -> None:
    aws("logs").create_log_group(logGroupName="flows")
    arn = aws("logs").describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    role = create_role(aws, "flow", "vpc-flow-logs.amazonaws.com")
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=arn,
        DeliverLogsPermissionArn=role,
    )
    assert ec2.describe_flow_logs()["FlowLogs"][0]["DeliverLogsStatus"] == "SUCCESS"


def test_the_services_with_vpc_endpoints_can_be_listed(ec2: Any) -> None:
    listed = ec2.describe_vpc_endpoint_services()
    wanted = {f"com.amazonaws.us-west-2.{one}" for one in ("ecr.api", "ecr.dkr", "logs", "bedrock-runtime")}
    assert wanted <= set(listed["ServiceNames"])
    name = "com.amazonaws.us-west-2.s3"
    gateway = [{"Name": "service-type", "Values": ["Gateway"]}]
    (found,) = ec2.describe_vpc_endpoint_services(ServiceNames=[name], Filters=gateway)["ServiceDetails"]
    assert (found["ServiceName"], found["ServiceType"]) == (name, [{"ServiceType": "Gateway"}])
    assert "us-west-2a" in found["AvailabilityZones"]


def test_a_subnet_has_one_route_table(aws: Aws, refused: Refused, vpc: str, ipv6_subnets: list[str]) -> None:
    ec2 = aws("ec2")
    first, second = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    association = ec2.associate_route_table(RouteTableId=first, SubnetId=ipv6_subnets[0])["AssociationId"]
    again = {"RouteTableId": second, "SubnetId": ipv6_subnets[0]}
    assert refused(ec2.associate_route_table, **again) == "Resource.AlreadyAssociated"
    ec2.replace_route_table_association(AssociationId=association, RouteTableId=second)
    ec2.associate_route_table(RouteTableId=second, SubnetId=ipv6_subnets[1])
