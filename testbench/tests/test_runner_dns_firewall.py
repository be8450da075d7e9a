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
from runner.dns.firewall import Firewall, InvalidRule, Rule
from runner.dns.names import Internet
from runner.dns.resolution import resolve

# Few labels, so that names and patterns often match.
NAMES = st.lists(st.sampled_from(["a", "b", "www", "x-1", "_srv"]), min_size=1, max_size=4).map(".".join)
DOMAINS = st.one_of(NAMES, NAMES.map("*.{}".format), st.just("*"))


def _rule(priority: int, blocks: bool, *domains: str, group: int = 101) -> Rule:
    return Rule(group, priority, blocks, domains, f"group-{group}", f"list-{priority}")


def _allow(priority: int, *domains: str, group: int = 101) -> Rule:
    return _rule(priority, False, *domains, group=group)


def _block(priority: int, *domains: str, group: int = 101) -> Rule:
    return _rule(priority, True, *domains, group=group)


RULES = st.builds(
    lambda blocks, domains: _rule(1, blocks, *domains), st.booleans(), st.lists(DOMAINS, max_size=3)
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
    return Firewall(rules).deciding_rule(dns.name.from_text(name))


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
def test_an_invalid_domain_is_refused_and_named(domain: str) -> None:
    with pytest.raises(InvalidDomain, match="is not valid"):
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
    late = _block(1, "*", group=500)
    early = _allow(900, "a.example", group=101)
    assert _decides([late, early], "a.example") is early
    assert _decides([late, early], "b.example") is late


def test_a_name_that_no_rule_matches_is_allowed() -> None:
    assert _decides([_block(1, "a.example")], "b.example") is None


@given(st.lists(DOMAINS.filter(lambda domain: domain != "*"), max_size=4), NAMES)
def test_a_name_that_only_the_last_rule_matches_is_never_answered(domains: list[str], name: str) -> None:
    firewall = Firewall([_allow(1, *domains), _block(2, "*")])
    answer = resolve(
        firewall, [Internet({name: {"A": ["198.51.100.1"]}})], dns.name.from_text(name), RdataType.A
    )
    allowed = any(_match(domain, name) for domain in domains)
    assert bool(answer.answer) is allowed
    assert (answer.blocked_by is None) is allowed


def test_aliases_are_trusted_from_the_first_rule_that_says_so() -> None:
    inspect = _allow(1, "a.example")
    trust = replace(_allow(2, "b.example"), trusts_aliases=True)
    firewall = Firewall([inspect, trust, _block(3, "*")])
    first, second, third = (dns.name.from_text(f"{letter}.example") for letter in "abc")
    rule = firewall.deciding_rule(first)
    blocking = firewall.deciding_rule_of_alias(rule, third)
    assert blocking is not None and blocking.blocks
    rule = firewall.deciding_rule_of_alias(rule, second)
    assert firewall.deciding_rule_of_alias(rule, third) is trust


def test_two_rules_with_one_priority_are_refused() -> None:
    with pytest.raises(InvalidRule, match="share the priority"):
        Firewall([_allow(1, "a.example"), _block(1, "*")])
