"""Sets of IP addresses as sorted, disjoint intervals: exact over all 2^32 + 2^128 addresses, without
sampling.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

Interval = tuple[int, int]
"""First and last address, both inclusive."""

MOST_SHOWN = 4
"""How many blocks of a set are shown to a reader."""

LAST = {4: 2**32 - 1, 6: 2**128 - 1}


@dataclass(frozen=True)
class AddressSet:
    """A set of IPv4 and IPv6 addresses. Each version's intervals are sorted, disjoint and never adjacent."""

    v4: tuple[Interval, ...] = ()
    v6: tuple[Interval, ...] = ()

    @classmethod
    def of(cls, *cidrs: str) -> "AddressSet":
        """The addresses of all the CIDR blocks; raises ValueError for an invalid block."""
        found: dict[int, list[Interval]] = {4: [], 6: []}
        for cidr in cidrs:
            network = ipaddress.ip_network(cidr)
            first = int(network.network_address)
            found[network.version].append((first, first + network.num_addresses - 1))
        return cls(_merge(found[4]), _merge(found[6]))

    @classmethod
    def union(cls, sets: Iterable["AddressSet"]) -> "AddressSet":
        """All addresses that are in at least one of the sets."""
        listed = list(sets)
        return cls(
            _merge(chain.from_iterable(one.v4 for one in listed)),
            _merge(chain.from_iterable(one.v6 for one in listed)),
        )

    def __or__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet.union((self, other))

    def __and__(self, other: "AddressSet") -> "AddressSet":
        return AddressSet(_intersect(self.v4, other.v4), _intersect(self.v6, other.v6))

    def __sub__(self, other: "AddressSet") -> "AddressSet":
        return self & other.complement()

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __le__(self, other: "AddressSet") -> bool:
        return not self - other

    def complement(self) -> "AddressSet":
        """All addresses that are not in the set."""
        return AddressSet(_complement(self.v4, LAST[4]), _complement(self.v6, LAST[6]))

    def cidrs(self) -> Iterator[str]:
        """The smallest list of CIDR blocks that make up the set, IPv4 first."""
        for first, last in self.v4:
            start, end = ipaddress.IPv4Address(first), ipaddress.IPv4Address(last)
            yield from map(str, ipaddress.summarize_address_range(start, end))
        for first, last in self.v6:
            start6, end6 = ipaddress.IPv6Address(first), ipaddress.IPv6Address(last)
            yield from map(str, ipaddress.summarize_address_range(start6, end6))

    def __str__(self) -> str:
        """The set as text: its blocks, or "all of IPv4 except ..." where that is shorter."""
        if self == EVERYWHERE:
            return "everywhere"
        parts = []
        for name, whole in (("IPv4", IPV4), ("IPv6", IPV6)):
            inside, outside = self & whole, whole - self
            if not outside:
                parts.append(f"all of {name}")
            elif inside and outside._first_blocks() < inside._first_blocks():
                parts.append(f"all of {name} except {outside._shown()}")
            elif inside:
                parts.append(inside._shown())
        return ", ".join(parts) or "nobody"

    def _first_blocks(self) -> int:
        """How many blocks make up the set, counting only a little further than what is shown."""
        return len(list(islice(self.cidrs(), MOST_SHOWN + 1)))

    def _shown(self) -> str:
        blocks = list(islice(self.cidrs(), MOST_SHOWN + 1))
        more = " and more" if len(blocks) > MOST_SHOWN else ""
        return ", ".join(blocks[:MOST_SHOWN]) + more


def _merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _intersect(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> tuple[Interval, ...]:
    found: list[Interval] = []
    left = right = 0
    while left < len(one) and right < len(other):
        first = max(one[left][0], other[right][0])
        last = min(one[left][1], other[right][1])
        if first <= last:
            found.append((first, last))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


def _complement(intervals: tuple[Interval, ...], end: int) -> tuple[Interval, ...]:
    found: list[Interval] = []
    start = 0
    for first, last in intervals:
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    if start <= end:
        found.append((start, end))
    return tuple(found)


NOWHERE = AddressSet()
EVERYWHERE = AddressSet(((0, LAST[4]),), ((0, LAST[6]),))
IPV4 = AddressSet(((0, LAST[4]),))
IPV6 = AddressSet((), ((0, LAST[6]),))
NOBODY = AddressSet.of("255.255.255.255/32")
"""The limited broadcast address, which can't be the source of a packet."""
