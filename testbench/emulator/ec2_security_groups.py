"""EC2 security groups: complete answers, changes of every kind of rule, and what AWS refuses.

To an authorization of several permissions, moto answers with the rules of the last one only. It drops the
descriptions of rules that name a group, and can modify IPv4 rules only.
"""

from __future__ import annotations

import ipaddress
import itertools
from typing import Any

from emulator import moto_adapter
from emulator.actions import Original, Result, answers, checks, refuse, surrounds
from emulator.moto_adapter import Answer, Call, Parameters

_MAX_PORT = 65535
_PORT_PROTOCOLS = {"tcp", "6", "udp", "17"}
_NAMED_PROTOCOLS = {"tcp", "udp", "icmp", "icmpv6", "-1"}


# --- descriptions


def _description(rule: Any) -> str | None:
    description = rule.ip_range.get("Description") or rule.source_group.get("Description")
    return None if description is None else str(description)


def _traffic(rule: Any) -> tuple[Any, ...]:
    return (
        rule.ip_protocol,
        rule.from_port,
        rule.to_port,
        rule.cidr_ipv4,
        rule.cidr_ipv6,
        rule.source_group.get("GroupId"),
        rule.prefix_list_id,
    )


moto_adapter.compare_security_group_rules(_description, _traffic)


# --- authorization


@checks("ec2", "authorize_security_group_ingress", "authorize_security_group_egress")
def permissions_must_be_valid(call: Call, parameters: Parameters) -> None:
    group = call.backend.get_security_group_from_id(parameters.get("GroupId", ""))
    for permission in parameters.get("IpPermissions", []):
        _check_permission(permission)
        if not any(permission.get(source) for source in _PEERS):
            refuse("MissingParameter", f"Each permission must contain one of {', '.join(_PEERS)}.")
        for pair in permission.get("UserIdGroupPairs", []):
            _must_share_network(call, group, pair.get("GroupId"))
        for entry in permission.get("PrefixListIds", []):
            _prefix_list_must_exist(call, entry["PrefixListId"])
        for ip_range in permission.get("IpRanges", []):
            _check_cidr(ip_range["CidrIp"], ipaddress.IPv4Network)
        for ip_range in permission.get("Ipv6Ranges", []):
            _check_cidr(ip_range["CidrIpv6"], ipaddress.IPv6Network)


_PEERS = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")


def _must_share_network(call: Call, group: Any, other_id: str | None) -> None:
    other = call.backend.get_security_group_from_id(other_id) if other_id else None
    # On AWS a rule may name a group of a peered VPC; no VPCs are peered here.
    if group is not None and other is not None and other.vpc_id != group.vpc_id:
        refuse(
            "InvalidGroup.NotFound",
            f"You have specified two resources that belong to different networks: {group.id}, {other.id}",
        )


def _prefix_list_must_exist(call: Call, list_id: str) -> None:
    if list_id not in call.backend.managed_prefix_lists:
        refuse("InvalidPrefixListID.NotFound", f"The prefix list ID '{list_id}' does not exist")


def _check_permission(permission: Parameters) -> None:
    protocol = str(permission.get("IpProtocol", ""))
    if protocol in ("icmp", "1", "icmpv6", "58"):
        for key in ("FromPort", "ToPort"):
            if not -1 <= permission.get(key, -1) <= 255:
                refuse("InvalidParameterValue", f"ICMP type or code {permission[key]} is not from -1 to 255")
    if protocol not in _NAMED_PROTOCOLS and not (protocol.isdecimal() and int(protocol) <= 255):
        refuse("InvalidParameterValue", f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    if protocol not in _PORT_PROTOCOLS:
        return
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if first is None or last is None:
        refuse("InvalidParameterValue", "Invalid value for portRange. Must specify both from and to ports.")
    if not 0 <= first <= _MAX_PORT or not 0 <= last <= _MAX_PORT:
        refuse(
            "InvalidParameterValue",
            f"Invalid value '{first}-{last}' for port range: ports end at {_MAX_PORT}.",
        )
    if first > last:
        refuse("InvalidParameterValue", f"Invalid TCP/UDP port range ({first}:{last})")


def _check_cidr(text: str, family: type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network]) -> None:
    try:
        family(text, strict=False)
    except ValueError:
        refuse("InvalidParameterValue", f"CIDR block {text} is malformed")


@surrounds("ec2", "authorize_security_group_ingress", "authorize_security_group_egress")
def answer_all_rules_or_add_none(call: Call, parameters: Parameters, original: Original) -> Answer:
    group = call.backend.get_security_group_by_name_or_id(
        parameters.get("GroupId") or parameters.get("GroupName", "")
    )
    before = (list(group.ingress_rules), list(group.egress_rules)) if group else ([], [])
    try:
        answer = original()
    except Exception:
        if group:
            group.ingress_rules, group.egress_rules = before
        raise
    known = {rule.id for rule in itertools.chain(*before)}
    added = [rule for rule in (*group.ingress_rules, *group.egress_rules) if rule.id not in known]
    answer.members["SecurityGroupRules"] = added
    return answer


# --- changes


@answers("ec2")
def modify_security_group_rules(call: Call, parameters: Parameters) -> Result:
    group = call.backend.get_security_group_from_id(parameters["GroupId"])
    if group is None:
        refuse("InvalidGroup.NotFound", f"The security group '{parameters['GroupId']}' does not exist")
    changes = [
        (_rule(group, update), update["SecurityGroupRule"]) for update in parameters["SecurityGroupRules"]
    ]
    for rule, new in changes:
        _check_permission(new)
        _check_kind(rule, new)
    for rule, new in changes:
        _change(call, rule, new)
    return {"Return": True}


def _rule(group: Any, update: Parameters) -> Any:
    wanted = update["SecurityGroupRuleId"]
    for rule in (*group.ingress_rules, *group.egress_rules):
        if rule.id == wanted:
            return rule
    refuse("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{wanted}' does not exist")


_SOURCES = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId")


def _check_kind(rule: Any, new: Parameters) -> None:
    named = [source for source in _SOURCES if new.get(source) is not None]
    if len(named) != 1:
        refuse("InvalidParameterCombination", f"Exactly one of {', '.join(_SOURCES)} must be specified.")
    kinds = (rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.source_group.get("GroupId"))
    existing = next(source for source, value in zip(_SOURCES, kinds, strict=True) if value)
    if named != [existing]:
        refuse("InvalidParameterValue", f"You may not specify {named[0]} for an existing {existing} rule.")
    if existing == "CidrIpv4":
        _check_cidr(new["CidrIpv4"], ipaddress.IPv4Network)
    if existing == "CidrIpv6":
        _check_cidr(new["CidrIpv6"], ipaddress.IPv6Network)


def _change(call: Call, rule: Any, new: Parameters) -> None:
    everything = str(new["IpProtocol"]) == "-1"
    rule.ip_protocol = new["IpProtocol"]
    rule.from_port = None if everything else new.get("FromPort")
    rule.to_port = None if everything else new.get("ToPort")
    description = {"Description": new["Description"]} if new.get("Description") else {}
    if "CidrIpv4" in new:
        rule.ip_range = {"CidrIp": new["CidrIpv4"], **description}
    elif "CidrIpv6" in new:
        rule.ip_range = {"CidrIpv6": new["CidrIpv6"], **description}
    elif "PrefixListId" in new:
        rule.prefix_list_id = new["PrefixListId"]
    else:
        other = new["ReferencedGroupId"]
        if call.backend.get_security_group_from_id(other) is None:
            refuse("InvalidGroup.NotFound", f"The security group '{other}' does not exist")
        account = call.account
        rule.source_group = {"GroupId": other, "UserId": account, "OwnerId": account, **description}


# --- creation and deletion


@checks("ec2", "create_security_group")
def vpc_must_exist(call: Call, parameters: Parameters) -> None:
    vpc_id = parameters.get("VpcId")
    if vpc_id is not None and vpc_id not in call.backend.vpcs:
        refuse("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")


@checks("ec2", "delete_security_group")
def group_must_be_unused(call: Call, parameters: Parameters) -> None:
    backend = call.backend
    group = backend.get_security_group_by_name_or_id(
        parameters.get("GroupId") or parameters.get("GroupName", "")
    )
    if group is None:
        return
    if group.is_default:
        refuse(
            "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
        )
    users = [*_referring_groups(backend, group), *_users(call, group)]
    if users:
        refuse("DependencyViolation", f"resource {group.id} has a dependent object: {', '.join(users)}")


def _referring_groups(backend: Any, group: Any) -> list[str]:
    return [
        other.id
        for other in backend.describe_security_groups()
        if other.id != group.id
        and any(
            rule.source_group.get("GroupId") == group.id
            for rule in (*other.ingress_rules, *other.egress_rules)
        )
    ]


def _users(call: Call, group: Any) -> list[str]:
    interfaces = call.backend.get_all_network_interfaces()
    balancers = call.backend_of("elbv2").load_balancers.values()
    services = call.backend_of("ecs").services.values()
    return [
        *(interface.id for interface in interfaces if any(one.id == group.id for one in interface.group_set)),
        *(balancer.name for balancer in balancers if group.id in (balancer.security_groups or [])),
        *(
            service.name
            for service in services
            if service.status == "ACTIVE"
            and service.running_count
            and group.id
            in service.network_configuration.get("awsvpcConfiguration", {}).get("securityGroups", [])
        ),
    ]
