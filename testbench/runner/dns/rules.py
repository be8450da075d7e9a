"""The firewall rules that apply to a VPC now, read from the Route 53 Resolver API."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

import dns.exception
import dns.name
import dns.rdatatype

from runner.dns.domain_patterns import InvalidDomain
from runner.dns.firewall import Action, BlockResponse, Firewall, InvalidRule, Override, Redirection, Rule

if TYPE_CHECKING:
    from mypy_boto3_route53resolver import Route53ResolverClient

_Choice = TypeVar("_Choice", bound=Enum)


class CurrentRules:
    """Holds what was read last, and knows how old it is. Safe to use from several threads.

    AWS answers SERVFAIL while the firewall cannot be evaluated, or lets queries through where the VPC is
    configured to fail open ("DNS Firewall VPC configuration", Route 53 Developer Guide). Here that is so
    when nothing could be read for `max_age_seconds`. Before the first success, and while there is a rule
    that cannot be obeyed, it fails closed whatever the configuration says.
    """

    def __init__(
        self,
        client: Route53ResolverClient,
        vpc_id: str,
        max_age_seconds: float = 15.0,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._vpc_id = vpc_id
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._refreshing = threading.Lock()
        self._last: tuple[Firewall, float] | None = None

    def refresh(self) -> None:
        """Read everything again. The age counts from the beginning of the reading.

        Raises botocore's errors when the API does not answer: what was read before still counts.
        Raises `InvalidRule` or `InvalidDomain` for a rule that cannot be obeyed: nothing resolves then.
        """
        with self._refreshing:
            started = self._clock()
            try:
                self._last = read_firewall(self._client, self._vpc_id), started
            except (InvalidRule, InvalidDomain):
                self._last = None
                raise

    def current(self) -> Firewall | None:
        """The firewall to ask; None: it cannot be evaluated and fails closed, so answer SERVFAIL."""
        last = self._last
        if last is None:
            return None
        firewall, read_at = last
        if self._clock() - read_at <= self._max_age_seconds:
            return firewall
        return Firewall(fail_open=True) if firewall.fail_open else None


def read_firewall(client: Route53ResolverClient, vpc_id: str) -> Firewall:
    """The rules of all rule groups that are associated with the VPC, and its failure mode."""
    config = client.get_firewall_config(ResourceId=vpc_id)["FirewallConfig"]
    # USE_LOCAL_RESOURCE_SETTING is for Route 53 Profiles; a VPC that has no setting of its own is closed.
    fail_open = config.get("FirewallFailOpen") == "ENABLED"
    return Firewall(_rules(client, vpc_id), fail_open=fail_open)


def _rules(client: Route53ResolverClient, vpc_id: str) -> Iterator[Rule]:
    associations = client.get_paginator("list_firewall_rule_group_associations")
    rules = client.get_paginator("list_firewall_rules")
    for page in associations.paginate(VpcId=vpc_id):
        for association in page["FirewallRuleGroupAssociations"]:
            for rules_page in rules.paginate(FirewallRuleGroupId=association["FirewallRuleGroupId"]):
                for rule in rules_page["FirewallRules"]:
                    domains = _domains(client, rule.get("FirewallDomainListId"))
                    yield parse_rule(rule, association["Priority"], domains)


def _domains(client: Route53ResolverClient, list_id: str | None) -> tuple[str, ...]:
    if list_id is None:
        raise InvalidRule("A firewall rule has no domain list; DNS Firewall Advanced is not emulated.")
    pages = client.get_paginator("list_firewall_domains").paginate(FirewallDomainListId=list_id)
    return tuple(domain for page in pages for domain in page["Domains"])


def parse_rule(rule: Mapping[str, Any], association_priority: int, domains: tuple[str, ...]) -> Rule:
    """A rule as ListFirewallRules describes it. Raises `InvalidRule` or `InvalidDomain`."""
    response = _choice(BlockResponse, rule, "BlockResponse") if rule.get("BlockResponse") else None
    return Rule(
        association_priority=association_priority,
        priority=rule["Priority"],
        action=_choice(Action, rule, "Action"),
        domains=domains,
        group_id=rule["FirewallRuleGroupId"],
        list_id=rule["FirewallDomainListId"],
        block_response=response,
        override=_override(rule) if response is BlockResponse.OVERRIDE else None,
        redirection=_choice(Redirection, rule, "FirewallDomainRedirectionAction", Redirection.INSPECT),
        qtype=_qtype(rule),
    )


def _choice(
    choices: type[_Choice], rule: Mapping[str, Any], key: str, default: _Choice | None = None
) -> _Choice:
    try:
        return choices(rule.get(key) or default)
    except ValueError:
        allowed = ", ".join(choice.value for choice in choices)
        raise _invalid(rule, f"{key} is {rule.get(key)!r}, and not one of {allowed}") from None


def _override(rule: Mapping[str, Any]) -> Override:
    if rule.get("BlockOverrideDnsType", "CNAME") != "CNAME":
        raise _invalid(rule, f"BlockOverrideDnsType is {rule['BlockOverrideDnsType']!r}, and not CNAME")
    try:
        target = dns.name.from_text(rule["BlockOverrideDomain"])
    except (KeyError, dns.exception.DNSException):
        raise _invalid(
            rule, f"BlockOverrideDomain is {rule.get('BlockOverrideDomain')!r}, not a name"
        ) from None
    return Override(target, rule.get("BlockOverrideTtl", 0))


def _qtype(rule: Mapping[str, Any]) -> dns.rdatatype.RdataType | None:
    if not rule.get("Qtype"):
        return None
    try:
        return dns.rdatatype.from_text(rule["Qtype"])
    except (ValueError, dns.exception.DNSException):
        raise _invalid(rule, f"Qtype is {rule['Qtype']!r}, not a DNS record type") from None


def _invalid(rule: Mapping[str, Any], why: str) -> InvalidRule:
    return InvalidRule(
        f"Rule {rule.get('Priority')} of the firewall rule group {rule.get('FirewallRuleGroupId')}: {why}."
    )
