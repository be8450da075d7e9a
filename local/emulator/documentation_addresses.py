"""Public addresses of the emulated AWS: from the ranges that are reserved for documentation.

moto hands out loopback addresses and an IPv6 block that belongs to AWS. Here packets travel between the
emulated network's namespaces, and an address that can be nobody's is the only one to use there (RFC 5737,
RFC 3849).
"""

from __future__ import annotations

import ipaddress
import itertools
import secrets
from collections.abc import Iterator

from moto.ec2.models import elastic_ip_addresses, vpcs

PUBLIC = ipaddress.IPv4Network("192.0.2.0/24")


def _addresses() -> Iterator[str]:
    # Never the same twice among the 254 that live at once.
    return itertools.cycle(map(str, PUBLIC.hosts()))


_next_address = _addresses()


def public_address() -> str:
    """An address of 192.0.2.0/24."""
    return next(_next_address)


def ipv6_block() -> str:
    """A /56 of 2001:db8::/32, as wide as what a VPC gets from Amazon."""
    return f"2001:db8:{1 + secrets.randbelow(0xFFFF):x}:{1 + secrets.randbelow(0xFF):x}00::/56"


# moto's models imported these functions by name, so they are replaced there.
setattr(elastic_ip_addresses, "random_ip", public_address)  # noqa: B010
setattr(vpcs, "random_ipv6_cidr", ipv6_block)  # noqa: B010
