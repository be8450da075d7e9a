"""Public addresses of the emulated AWS, taken from the ranges that are reserved for documentation.

moto hands out loopback addresses and an IPv6 block that belongs to AWS. Here packets travel between the
namespaces of the emulated network, so each address must be one that no real machine has (RFC 5737, RFC 3849).
"""

from __future__ import annotations

import ipaddress
import itertools
import secrets
from typing import Any

from emulator import moto_adapter
from emulator.actions import refuse

PUBLIC = ipaddress.IPv4Network("192.0.2.0/24")

# Taken in turn, so that a released address is not given to somebody else at once.
_turns = itertools.cycle(map(str, PUBLIC.hosts()))


def public_address(backend: Any) -> str:
    """An address of 192.0.2.0/24 that is free in the account and region of this EC2 backend."""
    taken = {one.public_ip for one in (*backend.addresses, *backend.enis.values())}
    for address in itertools.islice(_turns, PUBLIC.num_addresses - 2):
        if address not in taken:
            return address
    refuse("AddressLimitExceeded", f"All addresses of {PUBLIC} are in use: release one.")


def ipv6_block() -> str:
    """A /56 of 2001:db8::/32, the size that a VPC gets from Amazon."""
    return f"2001:db8:{1 + secrets.randbelow(0xFFFF):x}:{1 + secrets.randbelow(0xFF):x}00::/56"


moto_adapter.choose_public_addresses(public_address)
moto_adapter.choose_ipv6_blocks(ipv6_block)
