"""EC2 network interfaces: private addresses that a subnet can give.

moto takes any address of the subnet at random, those that AWS keeps for itself and those in use included, and
for NAT gateways and endpoints one of no network at all; here each is the first that is free, as a network of
real packets needs it.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models import nat_gateways, vpcs
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend

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


def _choose_free_addresses() -> None:
    original = NetworkInterfaceBackend.create_network_interface

    def create_network_interface(
        self: Any,
        subnet: Any,
        private_ip_address: Any,
        private_ip_addresses: Any = None,
        *rest: Any,
        **more: Any,
    ) -> Any:
        if isinstance(subnet, str):
            subnet = self.get_subnet(subnet)
        if not private_ip_address and not private_ip_addresses:
            private_ip_address = free_address(self, subnet)
        return original(self, subnet, private_ip_address, private_ip_addresses, *rest, **more)

    NetworkInterfaceBackend.create_network_interface = create_network_interface  # type: ignore[method-assign]


_choose_free_addresses()
# They imported by name what makes up an address; with an empty one, they get theirs as all others do.
setattr(nat_gateways, "random_private_ip", str)  # noqa: B010
setattr(vpcs, "random_private_ip", str)  # noqa: B010
