"""Network Firewall: rule groups, policies and firewalls live, change and end as on AWS."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Aws, Refused


def _rules(*targets: str) -> dict[str, Any]:
    source = {"Targets": list(targets), "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": "ALLOWLIST"}
    return {"RulesSource": {"RulesSourceList": source}}


@pytest.fixture
def firewalls(aws: Aws) -> Any:
    return aws("network-firewall")


@pytest.fixture
def rule_group(firewalls: Any) -> str:
    created = firewalls.create_rule_group(
        RuleGroupName="g", Type="STATEFUL", Capacity=10, RuleGroup=_rules(".a.example")
    )
    return str(created["RuleGroupResponse"]["RuleGroupArn"])


@pytest.fixture
def policy(firewalls: Any, rule_group: str) -> str:
    body = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
        "StatefulRuleGroupReferences": [{"ResourceArn": rule_group}],
    }
    created = firewalls.create_firewall_policy(FirewallPolicyName="p", FirewallPolicy=body)
    return str(created["FirewallPolicyResponse"]["FirewallPolicyArn"])


def test_a_rule_group_changes_with_the_current_token_only(
    firewalls: Any, refused: Refused, rule_group: str
) -> None:
    token = firewalls.describe_rule_group(RuleGroupArn=rule_group)["UpdateToken"]
    new = _rules(".b.example")
    change = {"RuleGroupArn": rule_group, "UpdateToken": token, "RuleGroup": new}
    firewalls.update_rule_group(**change)
    assert firewalls.describe_rule_group(RuleGroupArn=rule_group)["RuleGroup"] == new
    assert refused(firewalls.update_rule_group, **change) == "InvalidTokenException"


def test_what_is_in_use_cannot_be_deleted(
    firewalls: Any, refused: Refused, rule_group: str, policy: str
) -> None:
    assert refused(firewalls.delete_rule_group, RuleGroupArn=rule_group) == "InvalidOperationException"
    firewalls.delete_firewall_policy(FirewallPolicyArn=policy)
    firewalls.delete_rule_group(RuleGroupArn=rule_group)
    assert refused(firewalls.describe_rule_group, RuleGroupArn=rule_group) == "ResourceNotFoundException"


def test_a_firewall_has_an_endpoint_in_each_subnet_that_a_route_may_name(
    firewalls: Any, aws: Aws, vpc: str, ipv6_subnets: list[str], policy: str
) -> None:
    mappings = [{"SubnetId": subnet} for subnet in ipv6_subnets]
    firewalls.create_firewall(FirewallName="f", FirewallPolicyArn=policy, VpcId=vpc, SubnetMappings=mappings)
    described = firewalls.describe_firewall(FirewallName="f")
    assert described["Firewall"]["DeleteProtection"] is False
    states = described["FirewallStatus"]["SyncStates"]
    assert sorted(states) == ["us-west-2a", "us-west-2b"]
    endpoint = states["us-west-2a"]["Attachment"]["EndpointId"]
    table = aws("ec2").create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    aws("ec2").create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", VpcEndpointId=endpoint)
    firewalls.delete_firewall(FirewallName="f")
    assert firewalls.list_firewalls()["Firewalls"] == []


def test_delete_protection_keeps_the_firewall(
    firewalls: Any, refused: Refused, vpc: str, ipv6_subnets: list[str], policy: str
) -> None:
    mappings = [{"SubnetId": ipv6_subnets[0]}]
    firewalls.create_firewall(FirewallName="f", FirewallPolicyArn=policy, VpcId=vpc, SubnetMappings=mappings)
    firewalls.update_firewall_delete_protection(FirewallName="f", DeleteProtection=True)
    assert refused(firewalls.delete_firewall, FirewallName="f") == "InvalidOperationException"
    firewalls.update_firewall_delete_protection(FirewallName="f", DeleteProtection=False)
    firewalls.delete_firewall(FirewallName="f")


def test_tags_can_be_read_and_changed(firewalls: Any, rule_group: str) -> None:
    firewalls.tag_resource(
        ResourceArn=rule_group, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    )
    firewalls.untag_resource(ResourceArn=rule_group, TagKeys=["a"])
    assert firewalls.list_tags_for_resource(ResourceArn=rule_group)["Tags"] == [{"Key": "b", "Value": "2"}]
