"""DNS firewall: which names a rule is for, and which rule decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import dns.name
import pytest
from dns.rdatatype import RdataType
from hypothesis import given
from hypothesis import strategies as st

from runner.dns.domain_patterns import DomainPatterns, InvalidDomain, labels_of
from runner.dns.firewall import Action, BlockResponse, Firewall, InvalidRule, Override, Redirection, Rule
from runner.dns.names import Internet
from runner.dns.resolution import resolve

# Few labels, so that names often meet.
NAMES = st.lists(st.sampled_from(["a", "b", "www", "x-1", "_srv"]), min_size=1, max_size=4).map(".".join)
DOMAINS = st.one_of(NAMES, NAMES.map("*.{}".format), st.just("*"))


def _rule(priority: int, action: Action, *domains: str, group: int = 101) -> Rule:
    response = BlockResponse.NODATA if action is Action.BLOCK else None
    return Rule(group, priority, action, domains, f"group-{group}", f"list-{priority}", response)


RULES = st.builds(
    lambda action, domains: _rule(1, action, *domains), st.sampled_from(Action), st.lists(DOMAINS, max_size=3)
)
RULE_SETS = st.lists(RULES, max_size=6).map(
    lambda rules: [
        replace(rule, association_priority=101 + number % 2, priority=number)
        for number, rule in enumerate(rules)
    ]
)


def _match(domain: str, name: str) -> bool:
    return DomainPatterns.of([domain]).match(labels_of(dns.name.from_text(name)))


def _decides(rules: Sequence[Rule], name: str) -> Rule | None:
    return Firewall(rules).evaluate(dns.name.from_text(name), RdataType.A).decided_by


@pytest.mark.parametrize(
    ("domain", "name", "expected"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", False),
        ("example.com", "com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("*", "example.com", True),
        ("*.", ".", True),
    ],
)
def test_a_domain_matches_as_aws_documents_it(domain: str, name: str, expected: bool) -> None:
    assert _match(domain, name) is expected


def test_a_dot_inside_a_label_does_not_make_a_name_a_subdomain() -> None:
    assert not _match("*.example.com", r"evil\.example.com")
    assert not _match("evil.example.com", r"evil\.example.com")


@given(NAMES, NAMES)
def test_an_exact_domain_matches_itself_and_nothing_else(domain: str, name: str) -> None:
    assert _match(domain, name) is (domain == name)


@given(NAMES, NAMES)
def test_a_wildcard_matches_every_name_below_and_not_itself(domain: str, name: str) -> None:
    assert _match(f"*.{domain}", name) is name.endswith(f".{domain}")


@given(DOMAINS, NAMES)
def test_case_and_final_dot_make_no_difference(domain: str, name: str) -> None:
    expected = _match(domain, name)
    assert _match(domain.upper(), name) is expected
    assert _match(f"{domain}.", name) is expected
    assert _match(domain, name.upper()) is expected
    assert _match(domain, f"{name}.") is expected


@pytest.mark.parametrize("domain", ["", ".", "a..b", "*.*.com", "a*.com", "*a.com", "ü.com", "a b", "a" * 64])
def test_a_domain_that_cannot_be_read_is_refused_by_name(domain: str) -> None:
    with pytest.raises(InvalidDomain, match="cannot be read"):
        DomainPatterns.of([domain])


@given(RULE_SETS, NAMES, st.randoms())
def test_the_order_in_which_rules_are_given_makes_no_difference(
    rules: list[Rule], name: str, random: object
) -> None:
    mixed = list(rules)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert _decides(rules, name) == _decides(mixed, name)


@given(RULE_SETS, NAMES)
def test_the_matching_rule_of_the_lowest_priority_decides(rules: list[Rule], name: str) -> None:
    matching = [rule for rule in rules if any(_match(domain, name) for domain in rule.domains)]
    expected = min(matching, key=lambda rule: (rule.association_priority, rule.priority), default=None)
    assert _decides(rules, name) == expected


def test_groups_are_asked_by_the_priority_of_their_association() -> None:
    late = _rule(1, Action.BLOCK, "*", group=500)
    early = _rule(900, Action.ALLOW, "a.example", group=101)
    assert _decides([late, early], "a.example") is early
    assert _decides([late, early], "b.example") is late


def test_a_name_that_no_rule_matches_is_allowed() -> None:
    verdict = Firewall([_rule(1, Action.BLOCK, "a.example")]).evaluate(
        dns.name.from_text("b.example"), RdataType.A
    )
    assert (verdict.block, verdict.reported) == (None, None)


@given(st.lists(DOMAINS.filter(lambda domain: domain != "*"), max_size=4), NAMES)
def test_a_name_that_only_the_last_rule_matches_is_never_answered(domains: list[str], name: str) -> None:
    firewall = Firewall([_rule(1, Action.ALLOW, *domains), _rule(2, Action.BLOCK, "*")])
    answer = resolve(
        firewall, [Internet({name: {"A": ["198.51.100.1"]}})], dns.name.from_text(name), RdataType.A
    )
    allowed = any(_match(domain, name) for domain in domains)
    assert bool(answer.answer) is allowed
    assert (answer.reported is None) is allowed


def test_a_rule_for_a_query_type_leaves_the_others_alone() -> None:
    rule = replace(_rule(1, Action.BLOCK, "*"), qtype=RdataType.AAAA)
    firewall, name = Firewall([rule]), dns.name.from_text("a.example")
    assert firewall.evaluate(name, RdataType.AAAA).block is rule
    assert firewall.evaluate(name, RdataType.A).block is None


def test_an_alert_is_reported_though_its_alias_is_allowed() -> None:
    alert, allow = _rule(1, Action.ALERT, "a.example"), _rule(2, Action.ALLOW, "b.example")
    firewall = Firewall([alert, allow])
    verdict = firewall.evaluate(dns.name.from_text("a.example"), RdataType.A)
    verdict = firewall.follow(verdict, dns.name.from_text("b.example"), RdataType.A)
    assert (verdict.decided_by, verdict.reported) == (allow, alert)


def test_trust_begins_with_the_rule_that_says_so() -> None:
    inspect = _rule(1, Action.ALLOW, "a.example")
    trust = replace(_rule(2, Action.ALLOW, "b.example"), redirection=Redirection.TRUST)
    firewall = Firewall([inspect, trust, _rule(3, Action.BLOCK, "*")])
    verdict = firewall.evaluate(dns.name.from_text("a.example"), RdataType.A)
    assert firewall.follow(verdict, dns.name.from_text("c.example"), RdataType.A).block
    verdict = firewall.follow(verdict, dns.name.from_text("b.example"), RdataType.A)
    assert not firewall.follow(verdict, dns.name.from_text("c.example"), RdataType.A).block


@pytest.mark.parametrize(
    ("action", "response", "override"),
    [
        (Action.BLOCK, None, None),
        (Action.ALLOW, BlockResponse.NODATA, None),
        (Action.BLOCK, BlockResponse.OVERRIDE, None),
        (Action.BLOCK, BlockResponse.NODATA, Override(dns.name.from_text("a.example"), 0)),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(
    action: Action, response: BlockResponse | None, override: Override | None
) -> None:
    with pytest.raises(InvalidRule, match="Rule 7 of the firewall rule group g"):
        Rule(101, 7, action, ("*",), "g", "l", response, override)


def test_two_rules_with_one_priority_are_refused() -> None:
    with pytest.raises(InvalidRule, match="is taken"):
        Firewall([_rule(1, Action.ALLOW, "a.example"), _rule(1, Action.BLOCK, "*")])


def test_an_override_lives_seven_days_at_most() -> None:
    with pytest.raises(InvalidRule, match="604801"):
        Override(dns.name.from_text("a.example"), 604_801)
