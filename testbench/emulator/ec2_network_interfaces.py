"""EC2 network interfaces: private addresses that the subnet can really give.

moto takes any address of the subnet at random, also those that AWS keeps for itself and those in use, and
gives NAT gateways and endpoints an address of no network at all. The emulated network carries real packets,
so here each interface gets the first address that is free.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from emulator import moto_adapter
from emulator.actions import refuse

# AWS keeps the first four addresses of a subnet and the last one (VPC guide, "Subnet sizing").
_KEPT_AT_THE_START = 4


def free_address(backend: Any, subnet: Any) -> str:
    """The first address of the subnet that neither AWS nor an interface has."""
    network = ipaddress.IPv4Network(subnet.cidr_block)
    neighbours = [eni for eni in backend.enis.values() if eni.subnet.id == subnet.id]
    taken = {one["PrivateIpAddress"] for eni in neighbours for one in eni.private_ip_addresses}
    for number in range(_KEPT_AT_THE_START, network.num_addresses - 1):
        address = str(network.network_address + number)
        if address not in taken:
            return address
    refuse("InsufficientFreeAddressesInSubnet", f"The subnet '{subnet.id}' has no free address.")


moto_adapter.choose_private_addresses(free_address)
