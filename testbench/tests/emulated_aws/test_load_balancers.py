"""Network load balancers: AWS's names, interfaces and refusals."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
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


def test_a_balancer_has_a_name_that_browsers_resolve_to_this_machine(
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


def test_security_groups_must_exist_and_cannot_be_added_later(
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


def _interfaces(aws: Aws, balancer: dict[str, Any]) -> list[dict[str, Any]]:
    """The load balancer's interfaces, which AWS's clients find by their description."""
    name = balancer["LoadBalancerArn"].rsplit("/", 2)
    wanted = {"Name": "description", "Values": [f"ELB net/{name[1]}/{name[2]}"]}
    found: list[dict[str, Any]] = aws("ec2").describe_network_interfaces(Filters=[wanted])[
        "NetworkInterfaces"
    ]
    return found


def test_a_balancer_has_an_interface_in_each_subnet_as_long_as_it_exists(
    balancers: Any, aws: Aws, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    group = aws("ec2").create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    first, second = (
        balancers.create_load_balancer(
            Name=name, Type="network", Subnets=ipv6_subnets, SecurityGroups=[group]
        )["LoadBalancers"][0]
        for name in ("one", "two")
    )
    found = _interfaces(aws, first)
    assert {one["SubnetId"] for one in found} == set(ipv6_subnets)
    public = {IPv4Address(one["Association"]["PublicIp"]) for one in found}
    assert len(public) == 2
    assert all(address in IPv4Network("192.0.2.0/24") for address in public)
    for one in found:
        assert [member["GroupId"] for member in one["Groups"]] == [group]
        assert (one["InterfaceType"], one["Status"]) == ("network_load_balancer", "in-use")
        assert (one["RequesterManaged"], one["RequesterId"]) == (True, "amazon-elb")
        assert one["Ipv6Addresses"] == []
    balancers.delete_load_balancer(LoadBalancerArn=first["LoadBalancerArn"])
    assert _interfaces(aws, first) == []
    assert len(_interfaces(aws, second)) == 2


def test_a_dual_stack_balancer_has_an_ipv6_address_of_each_subnet(
    balancers: Any, aws: Aws, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    created = balancers.create_load_balancer(
        Name="n", Type="network", Subnets=ipv6_subnets, IpAddressType="dualstack"
    )["LoadBalancers"][0]
    for one in _interfaces(aws, created):
        (address,) = one["Ipv6Addresses"]
        subnet = aws("ec2").describe_subnets(SubnetIds=[one["SubnetId"]])["Subnets"][0]
        block = IPv6Network(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        assert IPv6Address(address["Ipv6Address"]) in block


def test_an_internal_balancer_has_no_public_address(
    balancers: Any, aws: Aws, ipv6_subnets: list[str]
) -> None:
    created = balancers.create_load_balancer(
        Name="n", Type="network", Subnets=ipv6_subnets, Scheme="internal"
    )["LoadBalancers"][0]
    found = _interfaces(aws, created)
    assert [one["SubnetId"] for one in found] == ipv6_subnets
    assert all("Association" not in one for one in found)


def test_a_balancers_interfaces_follow_its_groups(
    balancers: Any, aws: Aws, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    before, after = (
        aws("ec2").create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("before", "after")
    )
    created = balancers.create_load_balancer(
        Name="n", Type="network", Subnets=ipv6_subnets, SecurityGroups=[before]
    )["LoadBalancers"][0]
    balancers.set_security_groups(LoadBalancerArn=created["LoadBalancerArn"], SecurityGroups=[after])
    for one in _interfaces(aws, created):
        assert [member["GroupId"] for member in one["Groups"]] == [after]
    aws("ec2").delete_security_group(GroupId=before)


def test_the_arns_of_a_network_balancer_and_its_listener_contain_net(
    balancers: Any, aws: Aws, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    created = balancers.create_load_balancer(
        Name="n", Type="network", Subnets=ipv6_subnets, Tags=[{"Key": "a", "Value": "b"}]
    )["LoadBalancers"][0]
    arn = created["LoadBalancerArn"]
    assert ":loadbalancer/net/n/" in arn
    assert [one["LoadBalancerArn"] for one in balancers.describe_load_balancers()["LoadBalancers"]] == [arn]
    (described,) = balancers.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    assert described["Tags"] == [{"Key": "a", "Value": "b"}]
    group = balancers.create_target_group(Name="t", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip")
    forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}]
    listener = balancers.create_listener(
        LoadBalancerArn=arn, Protocol="TCP", Port=80, DefaultActions=forward
    )["Listeners"][0]
    assert listener["ListenerArn"].startswith(arn.replace(":loadbalancer/", ":listener/") + "/")


def test_a_listener_without_encryption_has_no_ssl_policy(
    balancers: Any, vpc: str, internet_gateway: str, ipv6_subnets: list[str]
) -> None:
    assert internet_gateway
    arn = balancers.create_load_balancer(Name="n", Type="network", Subnets=ipv6_subnets)["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    group = balancers.create_target_group(Name="t", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip")
    forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}]
    balancers.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=80, DefaultActions=forward)
    (listener,) = balancers.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert "SslPolicy" not in listener
    changed = balancers.modify_listener(ListenerArn=listener["ListenerArn"], Port=81)["Listeners"][0]
    assert (changed["Port"], "SslPolicy" in changed) == (81, False)
