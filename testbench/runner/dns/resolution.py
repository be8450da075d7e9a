"""The answer to one question: the firewall's decision, and the records along the chain of aliases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dns.rcode
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rrset import RRset

from runner.dns.firewall import Firewall, Rule
from runner.dns.lookups import Lookup, Source

# A longer chain of aliases is treated as a loop, as other resolvers do.
_LONGEST_CHAIN = 16


@dataclass(frozen=True)
class Resolution:
    """What to answer; `blocked_by` is the rule that the query log names."""

    rcode: Rcode
    answer: tuple[RRset, ...] = ()
    authority: tuple[RRset, ...] = ()
    blocked_by: Rule | None = None


def resolve(firewall: Firewall | None, sources: Sequence[Source], name: Name, qtype: RdataType) -> Resolution:
    """Ask the first source that knows the name. Without a firewall nothing is resolved.

    A blocked alias blocks the whole query: none of the records that led to it is answered.
    """
    if firewall is None:
        return Resolution(dns.rcode.SERVFAIL)
    rule = firewall.deciding_rule(name)
    answer: list[RRset] = []
    for _ in range(_LONGEST_CHAIN):
        if rule is not None and rule.blocks:
            return Resolution(dns.rcode.NOERROR, blocked_by=rule)
        found = _lookup(sources, name, qtype)
        if found.answer is not None:
            answer.append(found.answer)
        if found.answer is None or found.answer.rdtype == qtype:
            authority = () if found.soa is None else (found.soa,)
            return Resolution(found.rcode, tuple(answer), authority)
        name = found.answer[0].target
        rule = firewall.deciding_rule_of_alias(rule, name)
    return Resolution(dns.rcode.SERVFAIL)


def _lookup(sources: Sequence[Source], name: Name, qtype: RdataType) -> Lookup:
    for source in sources:
        found = source.lookup(name, qtype)
        if found is not None:
            return found
    return Lookup(dns.rcode.SERVFAIL)
