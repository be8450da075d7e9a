"""Security groups: complete answers, every kind of change, AWS's refusals."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Aws, Refused


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    return str(ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"])


@pytest.fixture
def other(ec2: Any, vpc: str) -> str:
    return str(ec2.create_security_group(GroupName="two", Description="two", VpcId=vpc)["GroupId"])


def _tcp(first: int, last: int, **source: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}


def _rule(ec2: Any, rule_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ][0]
    return found


def test_an_authorization_answers_with_the_rules_of_all_its_permissions(
    ec2: Any, group: str, other: str
) -> None:
    answer = ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            _tcp(443, 443, IpRanges=[{"CidrIp": "203.0.113.1/32"}, {"CidrIp": "203.0.113.2/32"}]),
            _tcp(443, 443, Ipv6Ranges=[{"CidrIpv6": "2001:db8::1/128"}]),
            _tcp(443, 443, UserIdGroupPairs=[{"GroupId": other}]),
        ],
    )
    sources = [
        rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule["ReferencedGroupInfo"]["GroupId"]
        for rule in answer["SecurityGroupRules"]
    ]
    assert sources == ["203.0.113.1/32", "203.0.113.2/32", "2001:db8::1/128", other]


def test_an_authorization_is_all_or_nothing(ec2: Any, refused: Refused, group: str) -> None:
    taken = _tcp(80, 80, IpRanges=[{"CidrIp": "203.0.113.1/32"}])
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[taken])
    new = _tcp(443, 443, IpRanges=[{"CidrIp": "203.0.113.1/32"}])
    code = refused(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[new, taken])
    assert code == "InvalidPermission.Duplicate"
    permissions = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert [permission["FromPort"] for permission in permissions] == [80]


def test_a_rule_that_names_a_group_keeps_its_description(ec2: Any, group: str, other: str) -> None:
    pair = {"GroupId": other, "Description": "from the front door"}
    answer = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[_tcp(443, 443, UserIdGroupPairs=[pair])]
    )
    assert answer["SecurityGroupRules"][0]["Description"] == "from the front door"


def test_the_same_traffic_twice_is_refused_whatever_its_description(
    ec2: Any, refused: Refused, group: str, other: str
) -> None:
    for description, expected in (("a", None), ("b", "InvalidPermission.Duplicate")):
        pair = {"GroupId": other, "Description": description}
        arguments = {"GroupId": group, "IpPermissions": [_tcp(443, 443, UserIdGroupPairs=[pair])]}
        if expected is None:
            ec2.authorize_security_group_ingress(**arguments)
        else:
            assert refused(ec2.authorize_security_group_ingress, **arguments) == expected


@pytest.mark.parametrize(
    ("kind", "permission", "before", "after"),
    [
        ("CidrIpv4", "IpRanges", "203.0.113.1/32", "198.51.100.0/24"),
        ("CidrIpv6", "Ipv6Ranges", "2001:db8::1/128", "2001:db8:1::/48"),
    ],
)
def test_a_source_range_can_be_changed(
    ec2: Any, group: str, kind: str, permission: str, before: str, after: str
) -> None:
    key = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6"}[kind]
    added = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[_tcp(443, 443, **{permission: [{key: before}]})]
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    new = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8444, kind: after, "Description": "moved"}
    ec2.modify_security_group_rules(
        GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": added, "SecurityGroupRule": new}]
    )
    changed = _rule(ec2, added)
    assert (changed[kind], changed["FromPort"], changed["ToPort"]) == (after, 8443, 8444)
    assert changed["Description"] == "moved"
    assert changed["IsEgress"] is False


def test_a_rule_cannot_change_its_kind_of_source(ec2: Any, refused: Refused, group: str) -> None:
    added = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[_tcp(443, 443, IpRanges=[{"CidrIp": "203.0.113.1/32"}])]
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    new = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "2001:db8::/32"}
    change = [{"SecurityGroupRuleId": added, "SecurityGroupRule": new}]
    assert refused(ec2.modify_security_group_rules, GroupId=group, SecurityGroupRules=change) == (
        "InvalidParameterValue"
    )
    assert _rule(ec2, added)["CidrIpv4"] == "203.0.113.1/32"


@pytest.mark.parametrize(("first", "last"), [(443, 80), (0, 70000), (-1, 443), (70000, 70001)])
@pytest.mark.parametrize("action", ["authorize_security_group_ingress", "authorize_security_group_egress"])
def test_impossible_ports_are_refused(
    ec2: Any, refused: Refused, group: str, action: str, first: int, last: int
) -> None:
    permission = _tcp(first, last, IpRanges=[{"CidrIp": "203.0.113.1/32"}])
    assert refused(getattr(ec2, action), GroupId=group, IpPermissions=[permission]) == "InvalidParameterValue"


def test_an_unknown_protocol_is_refused(ec2: Any, refused: Refused, group: str) -> None:
    permission = {"IpProtocol": "tpc", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "203.0.113.1/32"}]}
    assert refused(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[permission]) == (
        "InvalidParameterValue"
    )


def test_a_group_that_another_names_cannot_be_deleted(
    ec2: Any, refused: Refused, group: str, other: str
) -> None:
    pair = [{"GroupId": other}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_tcp(443, 443, UserIdGroupPairs=pair)])
    assert refused(ec2.delete_security_group, GroupId=other) == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_security_group(GroupId=other)


def test_the_default_group_cannot_be_deleted_but_goes_with_its_vpc(
    ec2: Any, refused: Refused, vpc: str
) -> None:
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    assert [one["GroupName"] for one in groups] == ["default"]
    assert refused(ec2.delete_security_group, GroupId=groups[0]["GroupId"]) == "CannotDelete"
    ec2.delete_vpc(VpcId=vpc)
