"""Route 53 Resolver DNS Firewall: which rule decides on a name. Pure functions of the rules.

Sources: "Rule settings in DNS Firewall" and "Rule actions in DNS Firewall" (Route 53 Developer Guide),
`FirewallRule` (Route 53 API Reference). Of the actions, the sandbox uses ALLOW, and BLOCK with the response
NODATA; a rule with another one cannot be obeyed here, and `runner.dns.rules` refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from dns.name import Name

from runner.dns.domain_patterns import DomainPatterns, Labels, labels_of


class InvalidRule(ValueError):
    """A rule, or a set of rules, that cannot be obeyed."""


@dataclass(frozen=True)
class Rule:
    """One rule of a rule group that is associated with the VPC.

    `association_priority` orders the groups and `priority` the rules of a group, lowest first. `blocks` is
    the rule's action: BLOCK, which answers NODATA, or ALLOW. `trusts_aliases` is TRUST_REDIRECTION_DOMAIN:
    the targets of CNAME records are not inspected.
    """

    association_priority: int
    priority: int
    blocks: bool
    domains: tuple[str, ...]
    group_id: str
    list_id: str
    trusts_aliases: bool = False
    _patterns: DomainPatterns = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_patterns", DomainPatterns.of(self.domains))

    @property
    def order(self) -> tuple[int, int]:
        """Its place among all rules of the VPC."""
        return self.association_priority, self.priority

    def match(self, name: Labels) -> bool:
        """Whether the rule is for this name, given as `labels_of` makes it."""
        return self._patterns.match(name)


class Firewall:
    """All rules of one VPC, in the order in which they are asked: the first that matches decides."""

    def __init__(self, rules: Iterable[Rule] = (), *, fail_open: bool = False) -> None:
        """`fail_open`: whether queries pass unfiltered while the rules cannot be read."""
        self.rules = tuple(sorted(rules, key=lambda rule: rule.order))
        self.fail_open = fail_open
        for one, other in pairwise(self.rules):
            if one.order == other.order:
                groups = f"{one.group_id} and {other.group_id}"
                raise InvalidRule(
                    f"Rules of the firewall rule groups {groups} share the priority {one.order}."
                )

    def deciding_rule(self, name: Name) -> Rule | None:
        """The rule that decides on a name, or None if no rule matches, which allows it."""
        labels = labels_of(name)
        return next((rule for rule in self.rules if rule.match(labels)), None)

    def deciding_rule_of_alias(self, so_far: Rule | None, target: Name) -> Rule | None:
        """The rule that decides on the target of a CNAME record, after `so_far` allowed the alias.

        TRUST_REDIRECTION_DOMAIN "inspects only the first domain in the redirection chain" (FirewallRule).
        """
        if so_far is not None and so_far.trusts_aliases:
            return so_far
        return self.deciding_rule(target)
