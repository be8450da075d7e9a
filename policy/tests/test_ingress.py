"""Ingress is admitted from `deployerIp` only, whatever form a rule is written in."""

from collections.abc import Mapping
from typing import Any

import pytest
from engine import Stub, engine_context, judge_resource
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE

V4 = {"deployerIp": "203.0.113.0/24"}
V6 = {"deployerIp": "2001:db8:1::/48"}
RULE = ("ingress-rule", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
INLINE = ("ingress-inline", "aws:ec2/securityGroup:SecurityGroup")
LEGACY = ("ingress-legacy-rule", "aws:ec2/securityGroupRule:SecurityGroupRule")
DEFAULT = ("default-security-group", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
ACL = ("ingress-network-acl", "aws:ec2/networkAcl:NetworkAcl")
ACL_RULE = ("ingress-network-acl", "aws:ec2/networkAclRule:NetworkAclRule")


def inline(**source: object) -> dict[str, object]:
    return {"ingress": [{"fromPort": 8443, "toPort": 8443, "protocol": "tcp", **source}]}


def entry(**source: object) -> dict[str, object]:
    return {"ingress": [{"ruleNo": 100, "action": "allow", "protocol": "tcp", **source}]}


COMPLIANT: list[tuple[tuple[str, str], dict[str, object], dict[str, str]]] = [
    (RULE, {"cidrIpv4": "203.0.113.0/24"}, V4),
    (RULE, {"cidrIpv4": "203.0.113.7/32"}, V4),
    (RULE, {"cidrIpv4": "255.255.255.255/32"}, V4),
    (RULE, {"cidrIpv4": "255.255.255.255/32"}, {}),
    (RULE, {"cidrIpv6": "2001:db8:1::/48"}, V6),
    (RULE, {"cidrIpv6": "2001:db8:1:2::/64"}, V6),
    (RULE, {"cidrIpv4": "203.0.113.9/32"}, {"deployerIp": "203.0.113.9"}),
    (RULE, {"cidrIpv6": "2001:db8::1/128"}, {"deployerIp": "2001:db8::1"}),
    (RULE, {"referencedSecurityGroupId": "sg-0a1b2c"}, {}),
    (RULE, {"referencedSecurityGroupId": UNKNOWN_STRING_VALUE}, {}),
    (INLINE, {}, {}),
    (INLINE, {"ingress": []}, {}),
    (INLINE, inline(cidrBlocks=["203.0.113.4/32"], ipv6CidrBlocks=[]), V4),
    (INLINE, inline(securityGroups=["sg-0a1b2c", UNKNOWN_STRING_VALUE]), {}),
    (INLINE, inline(self=True), {}),
    (LEGACY, {"type": "ingress", "cidrBlocks": ["203.0.113.0/25"]}, V4),
    (LEGACY, {"type": "ingress", "sourceSecurityGroupId": UNKNOWN_STRING_VALUE}, {}),
    (LEGACY, {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]}, {}),
    (DEFAULT, {}, {}),
    (DEFAULT, {"ingress": [], "egress": [], "vpcId": UNKNOWN_STRING_VALUE}, {}),
    (ACL, entry(cidrBlock="203.0.113.0/24"), V4),
    (ACL, {"ingress": [{"action": "deny", "cidrBlock": "0.0.0.0/0"}]}, {}),
    (ACL_RULE, {"egress": True, "ruleAction": "allow", "cidrBlock": "0.0.0.0/0"}, {}),
    (ACL_RULE, {"egress": False, "ruleAction": "allow", "ipv6CidrBlock": "2001:db8:1::/64"}, V6),
]

VIOLATING: list[tuple[tuple[str, str], dict[str, object], dict[str, str]]] = [
    (RULE, {"cidrIpv4": "0.0.0.0/0"}, V4),
    (RULE, {"cidrIpv4": "0.0.0.0/1"}, V4),
    (RULE, {"cidrIpv4": "203.0.112.0/23"}, V4),
    (RULE, {"cidrIpv4": "203.0.114.1/32"}, V4),
    (RULE, {"cidrIpv4": "203.0.113.1/32"}, {}),
    (RULE, {"cidrIpv4": "10.0.0.0/16"}, V4),
    (RULE, {"cidrIpv4": "203.0.113.1/32"}, V6),
    (RULE, {"cidrIpv6": "::/0"}, V4),
    (RULE, {"cidrIpv6": "2001:db8::/32"}, V6),
    (RULE, {"cidrIpv6": "2001:db8:1::/48"}, V4),
    (RULE, {"prefixListId": "pl-0123456789abcdef0"}, V4),
    (RULE, {"cidrIpv4": "203.0.113.1/32", "cidrIpv6": "::/0"}, V4),
    (RULE, {"referencedSecurityGroupId": "999999999999/sg-0a1b2c"}, V4),
    (INLINE, inline(cidrBlocks=["203.0.113.4/32", "0.0.0.0/0"]), V4),
    (INLINE, inline(ipv6CidrBlocks=["::/0"]), V4),
    (INLINE, inline(prefixListIds=["pl-0123456789abcdef0"]), V4),
    (LEGACY, {"type": "ingress", "cidrBlocks": ["0.0.0.0/0"]}, V4),
    (LEGACY, {"type": "ingress", "ipv6CidrBlocks": ["::/0"]}, V4),
    (LEGACY, {"type": "ingress", "prefixListIds": ["pl-0123456789abcdef0"]}, V4),
    (DEFAULT, {"ingress": [{"self": True, "protocol": "-1", "fromPort": 0, "toPort": 0}]}, V4),
    (DEFAULT, {"egress": [{"cidrBlocks": ["0.0.0.0/0"], "protocol": "-1"}]}, V4),
    (ACL, entry(cidrBlock="0.0.0.0/0"), V4),
    (ACL, entry(ipv6CidrBlock="::/0"), V4),
    (ACL_RULE, {"ruleAction": "allow", "cidrBlock": "0.0.0.0/0"}, V4),
    (ACL_RULE, {"egress": False, "ruleAction": "allow", "ipv6CidrBlock": "::/0"}, V6),
]

UNKNOWN: list[tuple[tuple[str, str], dict[str, object]]] = [
    (RULE, {"cidrIpv4": UNKNOWN_STRING_VALUE}),
    (RULE, {"cidrIpv6": UNKNOWN_STRING_VALUE}),
    (RULE, {"prefixListId": UNKNOWN_STRING_VALUE}),
    (INLINE, {"ingress": UNKNOWN_ARRAY_VALUE}),
    (INLINE, {"ingress": [UNKNOWN_OBJECT_VALUE]}),
    (INLINE, inline(cidrBlocks=UNKNOWN_ARRAY_VALUE)),
    (INLINE, inline(cidrBlocks=[UNKNOWN_STRING_VALUE])),
    (INLINE, inline(ipv6CidrBlocks=["2001:db8:1::/64", UNKNOWN_STRING_VALUE])),
    (INLINE, inline(prefixListIds=[UNKNOWN_STRING_VALUE])),
    (LEGACY, {"type": "ingress", "cidrBlocks": [UNKNOWN_STRING_VALUE]}),
    (LEGACY, {"type": "ingress", "ipv6CidrBlocks": UNKNOWN_ARRAY_VALUE}),
    (LEGACY, {"type": UNKNOWN_STRING_VALUE, "cidrBlocks": ["0.0.0.0/0"]}),
    (DEFAULT, {"ingress": UNKNOWN_ARRAY_VALUE}),
    (DEFAULT, {"egress": UNKNOWN_ARRAY_VALUE}),
    (ACL, {"ingress": UNKNOWN_ARRAY_VALUE}),
    (ACL, entry(cidrBlock=UNKNOWN_STRING_VALUE)),
    (ACL_RULE, {"egress": UNKNOWN_STRING_VALUE, "ruleAction": "allow", "cidrBlock": "0.0.0.0/0"}),
    (ACL_RULE, {"ruleAction": UNKNOWN_STRING_VALUE, "cidrBlock": "0.0.0.0/0"}),
]

MALFORMED: list[tuple[tuple[str, str], Any]] = [
    (RULE, {}),
    (RULE, {"cidrIpv4": "anywhere"}),
    (RULE, {"cidrIpv4": 0}),
    (RULE, {"cidrIpv4": ["203.0.113.1/32"]}),
    (RULE, {"cidrIpv4": "203.0.113.1"}),
    (RULE, {"cidrIpv4": "203.0.113.1/24"}),
    (RULE, {"cidrIpv4": "203.0.113.0/255.255.255.0"}),
    (RULE, {"cidrIpv4": "2001:db8:1::/48"}),
    (RULE, {"cidrIpv6": "203.0.113.1/32"}),
    (RULE, {"cidrIpv6": "2001:db8:1::1%eth0/128"}),
    (RULE, {"referencedSecurityGroupId": 7}),
    (INLINE, {"ingress": "0.0.0.0/0"}),
    (INLINE, {"ingress": ["0.0.0.0/0"]}),
    (INLINE, inline(cidrBlocks="203.0.113.1/32")),
    (INLINE, inline(cidrBlocks=[None])),
    (LEGACY, {"cidrBlocks": ["203.0.113.1/32"]}),
    (LEGACY, {"type": "sideways", "cidrBlocks": ["203.0.113.1/32"]}),
    (DEFAULT, {"ingress": "none"}),
    (ACL, entry()),
    (ACL, {"ingress": [{"action": "perhaps", "cidrBlock": "203.0.113.1/32"}]}),
    (ACL_RULE, {"egress": "true", "ruleAction": "allow", "cidrBlock": "0.0.0.0/0"}),
]


def judge(rule: tuple[str, str], inputs: dict[str, object], config: Mapping[str, object]) -> list[str]:
    """The messages that a rule reports at preview. `rule` is its name and the type of the resource."""
    name, resource_type = rule
    return judge_resource(name, Stub(resource_type, "it", inputs), engine_context(config, preview=True))


@pytest.mark.parametrize(("rule", "inputs", "config"), COMPLIANT)
def test_ingress_within_the_configured_source_passes(
    rule: tuple[str, str], inputs: dict[str, object], config: dict[str, str]
) -> None:
    assert judge(rule, inputs, config) == []


@pytest.mark.parametrize(("rule", "inputs", "config"), VIOLATING)
def test_ingress_from_anywhere_else_is_refused(
    rule: tuple[str, str], inputs: dict[str, object], config: dict[str, str]
) -> None:
    assert judge(rule, inputs, config)


@pytest.mark.parametrize(("rule", "inputs"), UNKNOWN)
@pytest.mark.parametrize("config", [V4, V6])
def test_a_source_that_the_preview_does_not_know_is_refused(
    rule: tuple[str, str], inputs: dict[str, object], config: dict[str, str]
) -> None:
    assert judge(rule, inputs, config)


@pytest.mark.parametrize(("rule", "inputs"), MALFORMED)
@pytest.mark.parametrize("config", [V4, V6])
def test_a_malformed_source_is_refused(
    rule: tuple[str, str], inputs: dict[str, object], config: dict[str, str]
) -> None:
    assert judge(rule, inputs, config)
