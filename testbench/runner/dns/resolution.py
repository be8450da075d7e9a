"""The answer to one question: the firewall's verdict, and the records along the chain of aliases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rrset import RRset

from runner.dns.firewall import BlockResponse, Firewall, Rule
from runner.dns.lookups import Lookup, Source

# A longer chain of aliases is taken for a loop, as other resolvers do.
_LONGEST_CHAIN = 16


@dataclass(frozen=True)
class Resolution:
    """What to answer; `reported` is the rule that the query log names."""

    rcode: Rcode
    answer: tuple[RRset, ...] = ()
    authority: tuple[RRset, ...] = ()
    reported: Rule | None = None


def resolve(firewall: Firewall | None, sources: Sequence[Source], name: Name, qtype: RdataType) -> Resolution:
    """Ask the first source that knows the name. Without a firewall nothing is resolved.

    A blocked alias blocks the whole query: none of the records that led to it is answered.
    """
    if firewall is None:
        return Resolution(dns.rcode.SERVFAIL)
    verdict = firewall.evaluate(name, qtype)
    answer: list[RRset] = []
    asked = name
    for _ in range(_LONGEST_CHAIN):
        if verdict.block is not None:
            return _blocked(verdict.block, name)
        found = _lookup(sources, asked, qtype)
        if found.answer is not None:
            answer.append(found.answer)
        if found.answer is None or found.answer.rdtype == qtype:
            authority = () if found.soa is None else (found.soa,)
            return Resolution(found.rcode, tuple(answer), authority, verdict.reported)
        asked = found.answer[0].target
        verdict = firewall.follow(verdict, asked, qtype)
    return Resolution(dns.rcode.SERVFAIL, reported=verdict.reported)


def _lookup(sources: Sequence[Source], name: Name, qtype: RdataType) -> Lookup:
    for source in sources:
        found = source.lookup(name, qtype)
        if found is not None:
            return found
    return Lookup(dns.rcode.SERVFAIL)


def _blocked(rule: Rule, name: Name) -> Resolution:
    if rule.block_response is BlockResponse.NXDOMAIN:
        return Resolution(dns.rcode.NXDOMAIN, reported=rule)
    if rule.override is not None:
        override = rule.override
        text = override.target.to_text()
        alias = dns.rrset.from_text(name, override.ttl, "IN", dns.rdatatype.CNAME, text)
        return Resolution(dns.rcode.NOERROR, (alias,), reported=rule)
    return Resolution(dns.rcode.NOERROR, reported=rule)
