"""Network load balancers: AWS's names and refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conftest import Aws, Refused


@pytest.fixture
def balancers(aws: Aws) -> Any:
    return aws("elbv2")


def test_an_internet_facing_balancer_needs_an_internet_gateway(
    balancers: Any, aws: Aws, refused: Refused, vpc: str, ipv6_subnets: list[str]
) -> None:
    arguments = {"Name": "n", "Type": "network", "Subnets": ipv6_subnets, "IpAddressType": "dualstack"}
    assert refused(balancers.create_load_balancer, **arguments) == "InvalidSubnet"
    gateway = aws("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    aws("ec2").attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    balancers.create_load_balancer(**arguments)


def test_a_balancer_has_a_name_that_browsers_look_for_on_this_machine(
    balancers: Any, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    arguments = {"Name": "front-door", "Type": "network", "Subnets": ipv6_subnets}
    created = balancers.create_load_balancer(**arguments)["LoadBalancers"][0]
    assert re.fullmatch(r"front-door-[0-9a-f]{16}\.elb\.us-west-2\.localhost", created["DNSName"])
    assert balancers.describe_load_balancers()["LoadBalancers"][0]["DNSName"] == created["DNSName"]


def test_dual_stack_needs_ipv6_in_each_subnet(
    balancers: Any, aws: Aws, refused: Refused, vpc: str, internet_gateway: str
) -> None:
    assert internet_gateway
    subnet = aws("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.7.0/24")["Subnet"]["SubnetId"]
    arguments = {"Name": "n", "Type": "network", "Subnets": [subnet]}
    code = refused(balancers.create_load_balancer, **arguments, IpAddressType="dualstack")
    assert code == "InvalidSubnet"
    balancers.create_load_balancer(**arguments)


def test_groups_must_exist_and_cannot_come_later(
    balancers: Any, aws: Aws, refused: Refused, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    arguments = {"Name": "n", "Type": "network", "Subnets": ipv6_subnets}
    missing = ["sg-0123456789abcdef0"]
    assert (
        refused(balancers.create_load_balancer, **arguments, SecurityGroups=missing) == "InvalidSecurityGroup"
    )
    created = balancers.create_load_balancer(**arguments)["LoadBalancers"][0]["LoadBalancerArn"]
    group = aws("ec2").create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    later = {"LoadBalancerArn": created, "SecurityGroups": [group]}
    assert refused(balancers.set_security_groups, **later) == "InvalidConfigurationRequest"


def test_a_group_in_use_by_a_balancer_cannot_be_deleted(
    balancers: Any, aws: Aws, refused: Refused, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    group = aws("ec2").create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    created = balancers.create_load_balancer(
        Name="n", Type="network", Subnets=ipv6_subnets, SecurityGroups=[group]
    )["LoadBalancers"][0]
    assert refused(aws("ec2").delete_security_group, GroupId=group) == "DependencyViolation"
    balancers.delete_load_balancer(LoadBalancerArn=created["LoadBalancerArn"])
    aws("ec2").delete_security_group(GroupId=group)
