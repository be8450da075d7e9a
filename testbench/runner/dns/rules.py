"""The firewall rules that apply to a VPC now, read from the Route 53 Resolver API."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runner.dns.domain_patterns import InvalidDomain
from runner.dns.firewall import Firewall, InvalidRule, Rule

if TYPE_CHECKING:
    from mypy_boto3_route53resolver import Route53ResolverClient

_INSPECT, _TRUST = "INSPECT_REDIRECTION_DOMAIN", "TRUST_REDIRECTION_DOMAIN"


class CurrentRules:
    """The rules that were read last, and their age. Safe to use from several threads.

    While AWS cannot evaluate the firewall, it answers SERVFAIL, or lets queries through if the VPC is
    configured to fail open ("DNS Firewall VPC configuration", Route 53 Developer Guide). Here that happens
    when nothing could be read for `max_age_seconds`. Before the first successful reading, and while there is
    a rule that cannot be obeyed, queries fail closed whatever the configuration says.
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
        """Read everything again. The age is counted from the start of the reading.

        Raises botocore's errors when the API does not answer; the rules that were read before stay in force.
        Raises `InvalidRule` or `InvalidDomain` for a rule that cannot be obeyed; then nothing resolves.
        """
        with self._refreshing:
            started = self._clock()
            try:
                self._last = read_firewall(self._client, self._vpc_id), started
            except (InvalidRule, InvalidDomain):
                self._last = None
                raise

    def current(self) -> Firewall | None:
        """The firewall to ask, or None if it cannot be evaluated and fails closed: answer SERVFAIL then."""
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
    # USE_LOCAL_RESOURCE_SETTING is for Route 53 Profiles; a VPC without a setting of its own fails closed.
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
        raise InvalidRule(
            "A firewall rule has no domain list; the local Resolver does not have DNS Firewall Advanced."
        )
    pages = client.get_paginator("list_firewall_domains").paginate(FirewallDomainListId=list_id)
    return tuple(domain for page in pages for domain in page["Domains"])


def parse_rule(rule: Mapping[str, Any], association_priority: int, domains: tuple[str, ...]) -> Rule:
    """A rule as ListFirewallRules describes it. Raises `InvalidRule` or `InvalidDomain`."""
    blocks = _choice(rule, "Action", ("ALLOW", "BLOCK")) == "BLOCK"
    if blocks:
        _choice(rule, "BlockResponse", ("NODATA",))
    if rule.get("Qtype"):
        raise _invalid(rule, f"Qtype is {rule['Qtype']!r}, but a rule must be for all query types")
    redirection = _choice(rule, "FirewallDomainRedirectionAction", (_INSPECT, _TRUST), _INSPECT)
    return Rule(
        association_priority=association_priority,
        priority=rule["Priority"],
        blocks=blocks,
        domains=domains,
        group_id=rule["FirewallRuleGroupId"],
        list_id=rule["FirewallDomainListId"],
        trusts_aliases=redirection == _TRUST,
    )


def _choice(rule: Mapping[str, Any], key: str, known: Sequence[str], default: str | None = None) -> str:
    value = rule.get(key) or default
    if value not in known:
        raise _invalid(rule, f"{key} is {value!r}, and the local Resolver obeys only {' and '.join(known)}")
    return str(value)


def _invalid(rule: Mapping[str, Any], why: str) -> InvalidRule:
    return InvalidRule(
        f"Rule {rule.get('Priority')} of the firewall rule group {rule.get('FirewallRuleGroupId')}: {why}."
    )
