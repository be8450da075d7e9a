"""Route 53 Resolver DNS Firewall: domain lists, rule groups, rules, associations, fail-open setting.

moto has none of these. As on AWS, domains get a trailing dot, and refusals have AWS's error codes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from emulator import moto_adapter
from emulator.actions import Result, answers, identifier, refuse, table
from emulator.moto_adapter import Call, Parameters

Resource = dict[str, Any]
RuleKey = tuple[str, str, str | None]

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"(?:\*|(?:\*\.)?(?:{_LABEL}\.)*{_LABEL})\.?")
_MAX_DOMAIN_LENGTH = 255

LISTS, GROUPS, RULES, ASSOCIATIONS, CONFIGS = (
    "domain_lists",
    "rule_groups",
    "rules",
    "associations",
    "configs",
)
_TAGGABLE = re.compile(
    r":(firewall-domain-list|firewall-rule-group|firewall-rule-group-association|resolver-query-log-config)/"
)


def _table(call: Call, name: str) -> dict[Any, Resource]:
    return table(call.backend, name)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _get(call: Call, name: str, key: Any, noun: str) -> Resource:
    found = _table(call, name).get(key)
    if found is None:
        refuse("ResourceNotFoundException", f"[RSLVR-02025] Can't find the {noun} with ID '{key}'.")
    return found


def _create(call: Call, name: str, prefix: str, noun: str, parameters: Parameters, **fields: Any) -> Resource:
    request = parameters.get("CreatorRequestId")
    for existing in _table(call, name).values():
        if request and existing["CreatorRequestId"] == request:
            return existing
    new_id = identifier(prefix)
    now = _now()
    resource: Resource = {
        "Id": new_id,
        "Arn": f"arn:aws:route53resolver:{call.region}:{call.account}:{noun}/{new_id}",
        "Name": parameters.get("Name"),
        "Status": "COMPLETE",
        "StatusMessage": "",
        "CreatorRequestId": request,
        "CreationTime": now,
        "ModificationTime": now,
        **fields,
    }
    _table(call, name)[new_id] = resource
    if parameters.get("Tags"):
        call.backend.tagger.tag_resource(resource["Arn"], parameters["Tags"])
    return resource


def _vpc_must_exist(call: Call, vpc_id: str) -> None:
    if vpc_id not in call.backend_of("ec2").vpcs:
        refuse("ResourceNotFoundException", f"[RSLVR-02027] VPC '{vpc_id}' does not exist.")


moto_adapter.allow_resolver_tags(_TAGGABLE)


# --- domain lists


@answers("route53resolver")
def create_firewall_domain_list(call: Call, parameters: Parameters) -> Result:
    created = _create(
        call, LISTS, "rslvr-fdl", "firewall-domain-list", parameters, DomainCount=0, domains=list[str]()
    )
    return {"FirewallDomainList": created}


@answers("route53resolver")
def get_firewall_domain_list(call: Call, parameters: Parameters) -> Result:
    return {"FirewallDomainList": _domain_list(call, parameters)}


@answers("route53resolver")
def list_firewall_domain_lists(call: Call, parameters: Parameters) -> Result:
    return {"FirewallDomainLists": list(_table(call, LISTS).values())}


@answers("route53resolver")
def list_firewall_domains(call: Call, parameters: Parameters) -> Result:
    return {"Domains": _domain_list(call, parameters)["domains"]}


@answers("route53resolver")
def update_firewall_domains(call: Call, parameters: Parameters) -> Result:
    domain_list = _domain_list(call, parameters)
    invalid = [domain for domain in parameters["Domains"] if not _is_domain(domain)]
    if invalid:
        refuse("ValidationException", f"[RSLVR-02017] The following domains are not valid: {invalid}")
    changed = [domain if domain.endswith(".") else f"{domain}." for domain in parameters["Domains"]]
    kept = [domain for domain in domain_list["domains"] if domain not in changed]
    match parameters["Operation"]:
        case "REPLACE":
            domain_list["domains"] = list(dict.fromkeys(changed))
        case "ADD":
            domain_list["domains"] = list(dict.fromkeys(kept + changed))
        case "REMOVE":
            domain_list["domains"] = kept
        case other:
            refuse("ValidationException", f"[RSLVR-02018] Unknown operation '{other}'.")
    domain_list["DomainCount"] = len(domain_list["domains"])
    domain_list["ModificationTime"] = _now()
    return {key: domain_list[key] for key in ("Id", "Name", "Status", "StatusMessage")}


@answers("route53resolver")
def delete_firewall_domain_list(call: Call, parameters: Parameters) -> Result:
    domain_list = _domain_list(call, parameters)
    if any(key[1] == domain_list["Id"] for key in _table(call, RULES)):
        refuse("ConflictException", "[RSLVR-02015] The domain list is referenced by a firewall rule.")
    return {"FirewallDomainList": _table(call, LISTS).pop(domain_list["Id"])}


def _domain_list(call: Call, parameters: Parameters) -> Resource:
    return _get(call, LISTS, parameters["FirewallDomainListId"], "firewall domain list")


def _is_domain(domain: str) -> bool:
    return len(domain) <= _MAX_DOMAIN_LENGTH and _DOMAIN.fullmatch(domain) is not None


# --- rule groups


@answers("route53resolver")
def create_firewall_rule_group(call: Call, parameters: Parameters) -> Result:
    created = _create(
        call,
        GROUPS,
        "rslvr-frg",
        "firewall-rule-group",
        parameters,
        RuleCount=0,
        OwnerId=call.account,
        ShareStatus="NOT_SHARED",
    )
    return {"FirewallRuleGroup": created}


@answers("route53resolver")
def get_firewall_rule_group(call: Call, parameters: Parameters) -> Result:
    return {"FirewallRuleGroup": _rule_group(call, parameters)}


@answers("route53resolver")
def list_firewall_rule_groups(call: Call, parameters: Parameters) -> Result:
    return {"FirewallRuleGroups": list(_table(call, GROUPS).values())}


@answers("route53resolver")
def delete_firewall_rule_group(call: Call, parameters: Parameters) -> Result:
    group = _rule_group(call, parameters)
    if any(known["FirewallRuleGroupId"] == group["Id"] for known in _table(call, ASSOCIATIONS).values()):
        refuse("ConflictException", "[RSLVR-02016] The rule group is associated with a VPC.")
    if _rules_of(call, group["Id"]):
        refuse("ConflictException", "[RSLVR-02014] The rule group still contains rules.")
    return {"FirewallRuleGroup": _table(call, GROUPS).pop(group["Id"])}


def _rule_group(call: Call, parameters: Parameters) -> Resource:
    group = _get(call, GROUPS, parameters["FirewallRuleGroupId"], "firewall rule group")
    group["RuleCount"] = len(_rules_of(call, group["Id"]))
    return group


# --- rules


@answers("route53resolver")
def create_firewall_rule(call: Call, parameters: Parameters) -> Result:
    _rule_group(call, parameters)
    _domain_list(call, parameters)
    key = _rule_key(parameters)
    if key in _table(call, RULES):
        refuse("ConflictException", "[RSLVR-02106] The rule group already has a rule for this domain list.")
    now = _now()
    rule = {
        "FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN",
        **parameters,
        "CreationTime": now,
        "ModificationTime": now,
    }
    _check_rule(call, key, rule)
    _table(call, RULES)[key] = rule
    return {"FirewallRule": rule}


@answers("route53resolver")
def update_firewall_rule(call: Call, parameters: Parameters) -> Result:
    key = _rule_key(parameters)
    changed = {**_get(call, RULES, key, "firewall rule"), **parameters, "ModificationTime": _now()}
    if changed["Action"] != "BLOCK":
        changed.pop("BlockResponse", None)
    _check_rule(call, key, changed)
    _table(call, RULES)[key] = changed
    return {"FirewallRule": changed}


@answers("route53resolver")
def delete_firewall_rule(call: Call, parameters: Parameters) -> Result:
    key = _rule_key(parameters)
    _get(call, RULES, key, "firewall rule")
    return {"FirewallRule": _table(call, RULES).pop(key)}


@answers("route53resolver")
def list_firewall_rules(call: Call, parameters: Parameters) -> Result:
    group = _rule_group(call, parameters)
    rules = [
        rule
        for rule in _rules_of(call, group["Id"]).values()
        if all(parameters.get(field) in (None, rule[field]) for field in ("Action", "Priority"))
    ]
    return {"FirewallRules": sorted(rules, key=lambda rule: int(rule["Priority"]))}


def _rule_key(parameters: Parameters) -> RuleKey:
    if "FirewallDomainListId" not in parameters:
        refuse("ValidationException", "[RSLVR-02111] The local AWS knows only rules with a domain list.")
    return parameters["FirewallRuleGroupId"], parameters["FirewallDomainListId"], parameters.get("Qtype")


def _rules_of(call: Call, group_id: str) -> dict[RuleKey, Resource]:
    return {key: rule for key, rule in _table(call, RULES).items() if key[0] == group_id}


# Route 53 API reference, CreateFirewallRule: names of DNS record types, or TYPE and a number.
_QUERY_TYPES = {
    *("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP"),
    *("SVCB", "TLSA", "TXT"),
}
_NUMBERED_TYPE = re.compile(r"TYPE([1-9]\d{0,4})")


def _check_query_type(rule: Resource) -> None:
    asked = rule.get("Qtype")
    numbered = _NUMBERED_TYPE.fullmatch(asked or "")
    is_known = asked in _QUERY_TYPES or (numbered is not None and int(numbered[1]) <= 65534)
    if asked is not None and not is_known:
        refuse("ValidationException", f"[RSLVR-02112] The query type '{asked}' does not exist.")


def _check_rule(call: Call, key: RuleKey, rule: Resource) -> None:
    _check_query_type(rule)
    if rule["Priority"] < 1:
        refuse("ValidationException", f"[RSLVR-02109] The priority {rule['Priority']} must be at least 1.")
    if rule["Action"] == "BLOCK" and not rule.get("BlockResponse"):
        refuse("ValidationException", "[RSLVR-02104] A BLOCK rule needs a BlockResponse.")
    if rule["Action"] != "BLOCK" and rule.get("BlockResponse"):
        refuse("ValidationException", "[RSLVR-02105] BlockResponse is for BLOCK rules only.")
    for needed in ("BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl"):
        if rule.get("BlockResponse") == "OVERRIDE" and rule.get(needed) is None:
            refuse("ValidationException", f"[RSLVR-02107] OVERRIDE needs a {needed}.")
    for other, existing in _rules_of(call, key[0]).items():
        if other != key and existing["Priority"] == rule["Priority"]:
            refuse(
                "ValidationException", f"[RSLVR-02110] Priority {rule['Priority']} is taken in this group."
            )


# --- associations with a VPC


@answers("route53resolver")
def associate_firewall_rule_group(call: Call, parameters: Parameters) -> Result:
    group = _rule_group(call, parameters)
    vpc_id, priority = parameters["VpcId"], parameters["Priority"]
    _vpc_must_exist(call, vpc_id)
    _check_association_priority(priority)
    for existing in _table(call, ASSOCIATIONS).values():
        if existing["VpcId"] != vpc_id or existing["CreatorRequestId"] == parameters["CreatorRequestId"]:
            continue
        if existing["Priority"] == priority or existing["FirewallRuleGroupId"] == group["Id"]:
            refuse("ConflictException", "[RSLVR-02018] The VPC already has this rule group or priority.")
    created = _create(
        call,
        ASSOCIATIONS,
        "rslvr-frgassoc",
        "firewall-rule-group-association",
        parameters,
        FirewallRuleGroupId=group["Id"],
        VpcId=vpc_id,
        Priority=priority,
        MutationProtection=parameters.get("MutationProtection") or "DISABLED",
    )
    return {"FirewallRuleGroupAssociation": created}


@answers("route53resolver")
def get_firewall_rule_group_association(call: Call, parameters: Parameters) -> Result:
    return {"FirewallRuleGroupAssociation": _association(call, parameters)}


@answers("route53resolver")
def list_firewall_rule_group_associations(call: Call, parameters: Parameters) -> Result:
    fields = ("FirewallRuleGroupId", "VpcId", "Priority", "Status")
    matching = [
        association
        for association in _table(call, ASSOCIATIONS).values()
        if all(parameters.get(field) in (None, association[field]) for field in fields)
    ]
    return {"FirewallRuleGroupAssociations": matching}


@answers("route53resolver")
def disassociate_firewall_rule_group(call: Call, parameters: Parameters) -> Result:
    association = _association(call, parameters)
    if association["MutationProtection"] == "ENABLED":
        refuse("ConflictException", "[RSLVR-02019] Mutation protection is enabled.")
    del _table(call, ASSOCIATIONS)[association["Id"]]
    return {"FirewallRuleGroupAssociation": {**association, "Status": "DELETING"}}


def _association(call: Call, parameters: Parameters) -> Resource:
    return _get(call, ASSOCIATIONS, parameters["FirewallRuleGroupAssociationId"], "association")


def _check_association_priority(priority: int) -> None:
    # The SDKs' reference says "between 100 and 9900". Whether AWS takes 100 itself was not tried, so it is
    # refused; 9900 is in the API reference's range.
    if not 101 <= priority <= 9900:
        refuse("ValidationException", "[RSLVR-02103] Priority must be from 101 to 9900.")


# --- what happens when the firewall itself does not answer


@answers("route53resolver")
def get_firewall_config(call: Call, parameters: Parameters) -> Result:
    return {"FirewallConfig": _config(call, parameters)}


@answers("route53resolver")
def update_firewall_config(call: Call, parameters: Parameters) -> Result:
    config = _config(call, parameters)
    config["FirewallFailOpen"] = parameters["FirewallFailOpen"]
    return {"FirewallConfig": config}


@answers("route53resolver")
def list_firewall_configs(call: Call, parameters: Parameters) -> Result:
    return {"FirewallConfigs": list(_table(call, CONFIGS).values())}


def _config(call: Call, parameters: Parameters) -> Resource:
    vpc_id = parameters["ResourceId"]
    _vpc_must_exist(call, vpc_id)
    default = {
        "Id": identifier("rslvr-fc"),
        "ResourceId": vpc_id,
        "OwnerId": call.account,
        "FirewallFailOpen": "DISABLED",
    }
    return _table(call, CONFIGS).setdefault(vpc_id, default)
