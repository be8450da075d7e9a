"""DNS firewall and query logging: AWS's life cycle, order and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Aws, Refused


@pytest.fixture
def resolver(aws: Aws) -> Any:
    return aws("route53resolver")


def _list(resolver: Any, name: str, *domains: str) -> str:
    created = resolver.create_firewall_domain_list(CreatorRequestId=name, Name=name)["FirewallDomainList"][
        "Id"
    ]
    if domains:
        resolver.update_firewall_domains(FirewallDomainListId=created, Operation="ADD", Domains=list(domains))
    return str(created)


def _group(resolver: Any, name: str = "group") -> str:
    created = resolver.create_firewall_rule_group(CreatorRequestId=name, Name=name)
    return str(created["FirewallRuleGroup"]["Id"])


def _rule(group: str, domain_list: str, priority: int, action: str, **fields: Any) -> dict[str, Any]:
    return {
        "CreatorRequestId": f"rule-{priority}",
        "FirewallRuleGroupId": group,
        "FirewallDomainListId": domain_list,
        "Priority": priority,
        "Action": action,
        "Name": action.lower(),
        **fields,
    }


def test_domains_are_kept_with_a_trailing_dot_and_once(resolver: Any) -> None:
    allowed = _list(resolver, "allow", "example.com", "example.com.", "*.example.org", "*")
    domains = resolver.list_firewall_domains(FirewallDomainListId=allowed)["Domains"]
    assert domains == ["example.com.", "*.example.org.", "*."]
    count = resolver.get_firewall_domain_list(FirewallDomainListId=allowed)["FirewallDomainList"][
        "DomainCount"
    ]
    assert count == 3


def test_domains_can_be_added_removed_and_replaced(resolver: Any) -> None:
    allowed = _list(resolver, "allow", "a.example.", "b.example.")
    for operation, domains, expected in (
        ("ADD", ["c.example."], ["a.example.", "b.example.", "c.example."]),
        ("REMOVE", ["a.example."], ["b.example.", "c.example."]),
        ("REPLACE", ["d.example."], ["d.example."]),
    ):
        resolver.update_firewall_domains(FirewallDomainListId=allowed, Operation=operation, Domains=domains)
        assert resolver.list_firewall_domains(FirewallDomainListId=allowed)["Domains"] == expected


@pytest.mark.parametrize("domain", ["*.*.com", "a b.com", "http://x", "-a.com", "a*.com", "a" * 64 + ".com"])
def test_an_invalid_domain_is_refused(resolver: Any, refused: Refused, domain: str) -> None:
    allowed = _list(resolver, "allow")
    arguments = {"FirewallDomainListId": allowed, "Operation": "ADD", "Domains": [domain]}
    assert refused(resolver.update_firewall_domains, **arguments) == "ValidationException"
    assert resolver.list_firewall_domains(FirewallDomainListId=allowed)["Domains"] == []


def test_rules_are_listed_by_priority(resolver: Any) -> None:
    group, everything = _group(resolver), _list(resolver, "all", "*")
    resolver.create_firewall_rule(**_rule(group, everything, 200, "BLOCK", BlockResponse="NODATA"))
    resolver.create_firewall_rule(**_rule(group, _list(resolver, "allow", "example.com"), 100, "ALLOW"))
    rules = resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]
    assert [(rule["Priority"], rule["Action"]) for rule in rules] == [(100, "ALLOW"), (200, "BLOCK")]
    assert rules[0]["FirewallDomainRedirectionAction"] == "INSPECT_REDIRECTION_DOMAIN"


def test_a_contradictory_firewall_rule_is_refused(resolver: Any, refused: Refused) -> None:
    group, one, two = _group(resolver), _list(resolver, "one"), _list(resolver, "two")
    create = resolver.create_firewall_rule
    assert refused(create, **_rule(group, one, 1, "BLOCK")) == "ValidationException"
    assert refused(create, **_rule(group, one, 1, "ALLOW", BlockResponse="NODATA")) == "ValidationException"
    create(**_rule(group, one, 1, "ALLOW"))
    assert refused(create, **_rule(group, two, 1, "ALLOW")) == "ValidationException"
    assert refused(create, **_rule(group, one, 2, "ALLOW")) == "ConflictException"
    assert refused(create, **_rule(group, "rslvr-fdl-missing", 3, "ALLOW")) == "ResourceNotFoundException"


def test_what_is_in_use_cannot_be_deleted(resolver: Any, refused: Refused, vpc: str) -> None:
    group, one = _group(resolver), _list(resolver, "one")
    resolver.create_firewall_rule(**_rule(group, one, 1, "ALLOW"))
    association = resolver.associate_firewall_rule_group(
        CreatorRequestId="a", FirewallRuleGroupId=group, VpcId=vpc, Priority=101, Name="a"
    )["FirewallRuleGroupAssociation"]["Id"]
    assert refused(resolver.delete_firewall_domain_list, FirewallDomainListId=one) == "ConflictException"
    assert refused(resolver.delete_firewall_rule_group, FirewallRuleGroupId=group) == "ConflictException"
    resolver.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=association)
    resolver.delete_firewall_rule(FirewallRuleGroupId=group, FirewallDomainListId=one)
    resolver.delete_firewall_rule_group(FirewallRuleGroupId=group)
    resolver.delete_firewall_domain_list(FirewallDomainListId=one)
    assert resolver.list_firewall_rule_groups()["FirewallRuleGroups"] == []
    assert resolver.list_firewall_domain_lists()["FirewallDomainLists"] == []


@pytest.mark.parametrize("priority", [100, 9901])
def test_an_association_priority_is_from_101_to_9900(
    resolver: Any, refused: Refused, vpc: str, priority: int
) -> None:
    arguments = {"CreatorRequestId": "a", "FirewallRuleGroupId": _group(resolver), "VpcId": vpc, "Name": "a"}
    code = refused(resolver.associate_firewall_rule_group, **arguments, Priority=priority)
    assert code == "ValidationException"
    neighbour = priority + 1 if priority == 100 else priority - 1
    resolver.associate_firewall_rule_group(**arguments, Priority=neighbour)


def test_mutation_protection_keeps_the_association(resolver: Any, refused: Refused, vpc: str) -> None:
    created = resolver.associate_firewall_rule_group(
        CreatorRequestId="a",
        FirewallRuleGroupId=_group(resolver),
        VpcId=vpc,
        Priority=101,
        Name="a",
        MutationProtection="ENABLED",
    )["FirewallRuleGroupAssociation"]
    arguments = {"FirewallRuleGroupAssociationId": created["Id"]}
    assert refused(resolver.disassociate_firewall_rule_group, **arguments) == "ConflictException"


def test_the_fail_open_setting_is_kept_for_each_vpc(resolver: Any, refused: Refused, vpc: str) -> None:
    assert resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]["FirewallFailOpen"] == "DISABLED"
    resolver.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
    assert resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]["FirewallFailOpen"] == "ENABLED"
    assert (
        refused(resolver.get_firewall_config, ResourceId="vpc-0123456789abcdef0")
        == "ResourceNotFoundException"
    )


def test_tags_of_firewall_resources_can_be_read_and_changed(resolver: Any) -> None:
    created = resolver.create_firewall_domain_list(
        CreatorRequestId="a", Name="a", Tags=[{"Key": "Project", "Value": "x"}]
    )["FirewallDomainList"]["Arn"]
    resolver.tag_resource(ResourceArn=created, Tags=[{"Key": "Stack", "Value": "y"}])
    resolver.untag_resource(ResourceArn=created, TagKeys=["Project"])
    assert resolver.list_tags_for_resource(ResourceArn=created)["Tags"] == [{"Key": "Stack", "Value": "y"}]


def test_a_query_log_configuration_is_deleted_after_its_association(
    resolver: Any, aws: Aws, refused: Refused, vpc: str
) -> None:
    aws("logs").create_log_group(logGroupName="dns")
    arn = aws("logs").describe_log_groups()["logGroups"][0]["arn"]
    config = resolver.create_resolver_query_log_config(Name="q", DestinationArn=arn, CreatorRequestId="q")
    config_id = config["ResolverQueryLogConfig"]["Id"]
    both = {"ResolverQueryLogConfigId": config_id, "ResourceId": vpc}
    resolver.associate_resolver_query_log_config(**both)
    delete = resolver.delete_resolver_query_log_config
    assert refused(delete, ResolverQueryLogConfigId=config_id) == "InvalidRequestException"
    resolver.disassociate_resolver_query_log_config(**both)
    assert refused(resolver.disassociate_resolver_query_log_config, **both) == "ResourceNotFoundException"
    delete(ResolverQueryLogConfigId=config_id)
    assert resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"] == []
