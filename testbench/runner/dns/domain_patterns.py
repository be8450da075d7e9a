"""Which names a DNS Firewall domain list matches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dns.name import Name

Labels = tuple[bytes, ...]

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_LONGEST = 255


class InvalidDomain(ValueError):
    """A domain specification that is not valid."""


def labels_of(name: Name) -> Labels:
    """The labels in lower case, without the root, since names are compared without regard to case (RFC 4343).

    Labels instead of text, because in the text `a\\.example.com.` the first dot belongs to a label.
    """
    return tuple(label.lower() for label in name.labels if label)


@dataclass(frozen=True)
class DomainPatterns:
    """A domain list in a form that is fast to match.

    `example.com` is that name only, `*.example.com` every name below it at any depth but not itself,
    `*` every name. A final dot and the case of letters make no difference.
    """

    every_name: bool
    names: frozenset[Labels]
    parents: frozenset[Labels]

    @classmethod
    def of(cls, domains: Iterable[str]) -> DomainPatterns:
        """The patterns of a domain list. Raises `InvalidDomain` for the first one that is not valid."""
        every_name, names, parents = False, set[Labels](), set[Labels]()
        for domain in domains:
            rest = domain.removesuffix(".")
            if rest == "*":
                every_name = True
            elif rest.startswith("*."):
                parents.add(_labels(rest.removeprefix("*."), domain))
            else:
                names.add(_labels(rest, domain))
        return cls(every_name, frozenset(names), frozenset(parents))

    def match(self, name: Labels) -> bool:
        """Whether the list has the name, given as `labels_of` makes it."""
        if self.every_name or name in self.names:
            return True
        return any(name[start:] in self.parents for start in range(1, len(name)))


def _labels(text: str, domain: str) -> Labels:
    labels = text.split(".")
    if len(domain) > _LONGEST or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidDomain(
            f"The firewall's domain {domain!r} is not valid. Write example.com, *.example.com or *."
        )
    return tuple(label.lower().encode("ascii") for label in labels)
