"""What a source of names answers, and a source that answers from a table."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rcode import Rcode
from dns.rdata import Rdata
from dns.rdatatype import RdataType
from dns.rrset import RRset

from runner.dns.domain_patterns import Labels, labels_of


@dataclass(frozen=True)
class Lookup:
    """The answer of a source for one name and type.

    `answer` has the records of that type, or the CNAME record that stands for all types. Without it the
    name has no such record (`rcode` NOERROR) or does not exist (NXDOMAIN), and `soa`, where the source has
    one, tells how long that may be remembered.
    """

    rcode: Rcode
    answer: RRset | None = None
    soa: RRset | None = None


class Source(Protocol):
    """Where answers come from. Several threads ask at the same time, and it must answer from memory."""

    def lookup(self, name: Name, qtype: RdataType) -> Lookup | None:
        """The answer for an absolute name, or None if this source is not responsible for the name."""


@dataclass(frozen=True)
class Records:
    """The records of one name and type; `ttl` is in seconds.

    An answer contains at most `most` of them, chosen at random.
    """

    ttl: int
    rdatas: tuple[Rdata, ...]
    most: int | None = None

    @classmethod
    def parse(cls, rdtype: RdataType, ttl: int, values: Sequence[str], most: int | None = None) -> Records:
        """Records from texts such as `192.0.2.1`; names need no final dot.

        Raises `dns.exception.DNSException` for a text that cannot be parsed.
        """
        read = [dns.rdata.from_text("IN", rdtype, value, dns.name.root, False) for value in values]
        return cls(ttl, tuple(read), most)

    def rrset(self, name: Name) -> RRset:
        count = len(self.rdatas) if self.most is None else min(self.most, len(self.rdatas))
        return dns.rrset.from_rdata_list(name, self.ttl, random.sample(self.rdatas, count))


class NameTable:
    """Names and their records. A name exists also if there are only names below it (RFC 8020)."""

    def __init__(self, names: Mapping[Name, Mapping[RdataType, Records]], soa: RRset | None = None) -> None:
        """`soa` is sent with every answer that has no record."""
        self._soa = soa
        self._names: dict[Labels, Mapping[RdataType, Records]] = {}
        for name, records in names.items():
            labels = labels_of(name)
            self._names[labels] = {rdtype: some for rdtype, some in records.items() if some.rdatas}
            for start in range(1, len(labels) + 1):
                self._names.setdefault(labels[start:], {})

    def lookup(self, name: Name, qtype: RdataType) -> Lookup:
        records = self._names.get(labels_of(name))
        if records is None:
            return Lookup(dns.rcode.NXDOMAIN, soa=self._soa)
        found = records.get(qtype) or records.get(dns.rdatatype.CNAME)
        if found is None:
            return Lookup(dns.rcode.NOERROR, soa=self._soa)
        return Lookup(dns.rcode.NOERROR, found.rrset(name))
