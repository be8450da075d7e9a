"""Public addresses of the emulated AWS: from the ranges that are reserved for documentation.

moto hands out loopback addresses and an IPv6 block that belongs to AWS. Here packets travel between the
emulated network's namespaces, and an address that can be nobody's is the only one to use there (RFC 5737,
RFC 3849).
"""

from __future__ import annotations

import ipaddress
import itertools
import secrets
from typing import Any

from moto.ec2.models import vpcs
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend

from emulator.actions import refuse

PUBLIC = ipaddress.IPv4Network("192.0.2.0/24")

# In turn, so that an address that was given back is not at once somebody else's.
_turns = itertools.cycle(map(str, PUBLIC.hosts()))


def public_address(backend: Any) -> str:
    """An address of 192.0.2.0/24 that nobody in the account and region of this EC2 backend has."""
    taken = {one.public_ip for one in (*backend.addresses, *backend.enis.values())}
    for address in itertools.islice(_turns, PUBLIC.num_addresses - 2):
        if address not in taken:
            return address
    refuse("AddressLimitExceeded", f"All addresses of {PUBLIC} are in use: release one.")


def ipv6_block() -> str:
    """A /56 of 2001:db8::/32, as wide as what a VPC gets from Amazon."""
    return f"2001:db8:{1 + secrets.randbelow(0xFFFF):x}:{1 + secrets.randbelow(0xFF):x}00::/56"


def _allocate_free_addresses() -> None:
    original = ElasticAddressBackend.allocate_address

    def allocate_address(self: Any, domain: str, address: str | None = None, tags: Any = None) -> Any:
        return original(self, domain, address or public_address(self), tags)

    ElasticAddressBackend.allocate_address = allocate_address  # type: ignore[method-assign]


_allocate_free_addresses()
# moto's model imported this function by name, so it is replaced there.
setattr(vpcs, "random_ipv6_cidr", ipv6_block)  # noqa: B010
