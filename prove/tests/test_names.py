"""Which names resolve depends on the order of the firewall's rules."""

import pytest

from prove.names import covers, resolution
from prove.world import Dns, FirewallRule


def rule(action: str, *domains: str, response: str = "NODATA", query_type: str = "") -> FirewallRule:
    """A firewall rule. Without domains, its list counts as unreadable."""
    block = response if action == "BLOCK" else ""
    return FirewallRule(f"{action} {domains}", action, block, query_type, domains or None)


def dns(*rules: FirewallRule) -> Dns:
    """A firewall with these rules."""
    return Dns(rules, True, ("/log",))


def test_listed_names_resolve_and_the_rest_is_blocked() -> None:
    found = resolution(dns(rule("ALLOW", "example.com.", "*.Example.com"), rule("BLOCK", "*.")))
    assert found.resolves == ("example.com", "*.example.com")
    assert found.rest_blocked
    assert found.problems == ()


def test_rules_after_the_rule_that_blocks_everything_have_no_effect() -> None:
    assert resolution(dns(rule("BLOCK", "*"), rule("ALLOW", "example.com"))).resolves == ()


def test_an_earlier_block_wins() -> None:
    found = resolution(
        dns(rule("BLOCK", "*.bad.example"), rule("ALLOW", "a.bad.example", "b.example"), rule("BLOCK", "*"))
    )
    assert found.resolves == ("b.example",)


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (rule("ALLOW", "example.com"),),
        (rule("BLOCK", "example.com"),),
        (rule("BLOCK", "*", query_type="A"),),
        (rule("BLOCK"),),
        (rule("BLOCK", "*", response="OVERRIDE"),),
        (rule("ALERT", "*"), rule("BLOCK", "*")),
        (rule("ALLOW", "*"), rule("BLOCK", "*")),
        (rule("ALLOW", "*.com"), rule("BLOCK", "*")),
        (rule("ALLOW"), rule("BLOCK", "*")),
    ],
)
def test_a_firewall_that_is_not_an_allowlist_is_a_problem(rules: tuple[FirewallRule, ...]) -> None:
    assert resolution(dns(*rules)).problems


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "*.a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("example.com", "example.com", True),
        ("example.com", "a.example.com", False),
    ],
)
def test_a_pattern_covers_the_names_below_it(pattern: str, name: str, expected: bool) -> None:
    assert covers(pattern, name) is expected
