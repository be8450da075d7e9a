"""Route 53 Resolver DNS Firewall: what the rules say of a name. Pure.

Sources: "Rule settings in DNS Firewall" and "Rule actions in DNS Firewall" (Route 53 Developer Guide),
`FirewallRule` (Route 53 API Reference).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from dns.name import Name
from dns.rdatatype import RdataType

from runner.dns.domain_patterns import DomainPatterns, Labels, labels_of


class Action(Enum):
    """What happens to a query that a rule matches."""

    ALLOW = "ALLOW"
    ALERT = "ALERT"
    BLOCK = "BLOCK"


class BlockResponse(Enum):
    """How a blocked query is answered."""

    NODATA = "NODATA"
    NXDOMAIN = "NXDOMAIN"
    OVERRIDE = "OVERRIDE"


class Redirection(Enum):
    """Whether the targets of CNAME records are looked at too."""

    INSPECT = "INSPECT_REDIRECTION_DOMAIN"
    TRUST = "TRUST_REDIRECTION_DOMAIN"


class InvalidRule(ValueError):
    """A rule, or a set of rules, that cannot be obeyed."""


@dataclass(frozen=True)
class Override:
    """The CNAME record that answers instead; `ttl` in seconds."""

    target: Name
    ttl: int

    def __post_init__(self) -> None:
        if not 0 <= self.ttl <= 604_800:  # CreateFirewallRule: seven days at most
            raise InvalidRule(f"An override's TTL must lie between 0 and 604800 seconds, not {self.ttl}.")


@dataclass(frozen=True)
class Rule:
    """One rule of a rule group that is associated with the VPC.

    `association_priority` orders the groups and `priority` the rules of a group, lowest first. `qtype` is
    the only query type that the rule is for; None: every type.
    """

    association_priority: int
    priority: int
    action: Action
    domains: tuple[str, ...]
    group_id: str
    list_id: str
    block_response: BlockResponse | None = None
    override: Override | None = None
    redirection: Redirection = Redirection.INSPECT
    qtype: RdataType | None = None
    _patterns: DomainPatterns = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if (self.action is Action.BLOCK) != (self.block_response is not None):
            raise InvalidRule(f"{self.label}: a block response belongs to BLOCK, and to nothing else.")
        if (self.block_response is BlockResponse.OVERRIDE) != (self.override is not None):
            raise InvalidRule(f"{self.label}: an override belongs to OVERRIDE, and to nothing else.")
        object.__setattr__(self, "_patterns", DomainPatterns.of(self.domains))

    @property
    def label(self) -> str:
        """For messages to a person."""
        return f"Rule {self.priority} of the firewall rule group {self.group_id}"

    @property
    def order(self) -> tuple[int, int]:
        """Its place among all rules of the VPC."""
        return self.association_priority, self.priority

    def match(self, name: Labels, qtype: RdataType) -> bool:
        """Whether it is for this name, given as `labels_of` makes it, and this query type."""
        return self.qtype in (None, qtype) and self._patterns.match(name)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a query.

    `decided_by` is the rule that matched the last inspected name of the chain; None: no rule did, so it is
    allowed. `reported` is what the query log names: the rule that blocked, else the first that alerted.
    """

    decided_by: Rule | None
    reported: Rule | None

    @property
    def block(self) -> Rule | None:
        """The rule that blocks the query, if one does."""
        rule = self.decided_by
        return rule if rule is not None and rule.action is Action.BLOCK else None


class Firewall:
    """All rules of one VPC, in the order in which they are asked: the first that matches decides."""

    def __init__(self, rules: Iterable[Rule] = (), *, fail_open: bool = False) -> None:
        """`fail_open`: whether queries pass unfiltered while the rules cannot be had."""
        self.rules = tuple(sorted(rules, key=lambda rule: rule.order))
        self.fail_open = fail_open
        for one, other in pairwise(self.rules):
            if one.order == other.order:
                raise InvalidRule(f"{other.label}: the priority {other.order} is taken by {one.label}.")

    def evaluate(self, name: Name, qtype: RdataType) -> Verdict:
        """The verdict on a name that was asked for."""
        labels = labels_of(name)
        rule = next((rule for rule in self.rules if rule.match(labels, qtype)), None)
        return Verdict(rule, None if rule is None or rule.action is Action.ALLOW else rule)

    def follow(self, so_far: Verdict, target: Name, qtype: RdataType) -> Verdict:
        """The verdict on an allowed query after a CNAME record redirected it to `target`.

        TRUST_REDIRECTION_DOMAIN "inspects only the first domain in the redirection chain" (FirewallRule).
        """
        if so_far.decided_by is not None and so_far.decided_by.redirection is Redirection.TRUST:
            return so_far
        verdict = self.evaluate(target, qtype)
        reported = verdict.reported if verdict.block else so_far.reported or verdict.reported
        return Verdict(verdict.decided_by, reported)
