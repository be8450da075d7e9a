"""What a VPC's traffic depends on, as values: security groups, network interfaces, ways to the internet."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "all")
_GROUP_ID = re.compile(r"sg-[0-9a-z]{1,40}")
_INTERFACE_ID = re.compile(r"[0-9A-Za-z-]{1,80}")

Peer = IPv4Network | IPv6Network | str


@dataclass(frozen=True)
class Rule:
    """Traffic that a security group lets in from, or out to, a peer.

    protocol: tcp, udp, icmp, icmpv6 or all.
    from_port, to_port: ports of tcp and udp, 0 to 65535; type and code of icmp and icmpv6, -1 for any, as in
        EC2's IpPermissions; -1 and -1 for all.
    peer: a block of addresses, or the id of a security group, which stands for its members' own addresses.
    """

    protocol: str
    from_port: int
    to_port: int
    peer: Peer

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise ValueError(f"protocol {self.protocol!r} is none of {', '.join(PROTOCOLS)}")
        first, last = self.from_port, self.to_port
        if self.protocol in ("tcp", "udp"):
            if not 0 <= first <= last <= 65535:
                raise ValueError(f"{self.protocol} ports {first} to {last} are not a range within 0 to 65535")
        elif self.protocol == "all":
            if (first, last) != (-1, -1):
                raise ValueError(f"a rule for all protocols has no ports: -1 and -1, not {first} and {last}")
        elif not (-1 <= first <= 255 and -1 <= last <= 255) or (first == -1 and last != -1):
            raise ValueError(f"{self.protocol} type {first}, code {last}: 0 to 255 each, or -1 for any")
        if isinstance(self.peer, str):
            _check_group(self.peer)


@dataclass(frozen=True)
class SecurityGroup:
    """What its members may receive and send. The rules of all of an interface's groups add up."""

    id: str
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        _check_group(self.id)


@dataclass(frozen=True)
class Interface:
    """An elastic network interface (ENI).

    public: its public address: the internet reaches it there, and sees its connections come from there.
    nat: a NAT gateway's public address, from which its outgoing connections come.
    ipv6_public: whether its subnet routes ::/0 to an internet gateway; IPv6 knows no translation.
    With neither `public` nor `nat` it has no way to the IPv4 internet.
    """

    id: str
    address: IPv4Address
    ipv6: IPv6Address | None = None
    groups: tuple[str, ...] = ()
    public: IPv4Address | None = None
    nat: IPv4Address | None = None
    ipv6_public: bool = False

    def __post_init__(self) -> None:
        if not _INTERFACE_ID.fullmatch(self.id):
            raise ValueError(f"interface id {self.id!r} is not 1 to 80 letters, digits and hyphens")
        for group in self.groups:
            _check_group(group)
        if self.public is not None and self.nat is not None:
            raise ValueError(
                f"interface {self.id} has a public address and a NAT gateway; a subnet has one way out"
            )
        if self.ipv6_public and self.ipv6 is None:
            raise ValueError(
                f"interface {self.id} cannot have a way to the IPv6 internet without an IPv6 address"
            )
        for outside in (self.public, self.nat):
            if outside is not None and not is_host(outside):
                raise ValueError(
                    f"interface {self.id} cannot be {outside} on the internet: not a host's address"
                )

    @property
    def device(self) -> str:
        """The router's end of its cable: a name of 13 characters, where Linux allows 15."""
        return "e" + hashlib.sha256(self.id.encode()).hexdigest()[:12]

    @property
    def outside(self) -> IPv4Address | None:
        """The address that the internet sees its connections come from."""
        return self.public or self.nat


@dataclass(frozen=True)
class Vpc:
    """A VPC and its blocks of addresses."""

    id: str
    cidr: IPv4Network
    ipv6_cidr: IPv6Network | None = None

    def __post_init__(self) -> None:
        # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
        if not 16 <= self.cidr.prefixlen <= 28:
            raise ValueError(f"VPC {self.id}: {self.cidr} is not between /16 and /28")

    @property
    def router(self) -> IPv4Address:
        """The address of the VPC's router in the VPC's first subnet."""
        return self.cidr.network_address + 1

    @property
    def resolver(self) -> IPv4Address:
        """AmazonProvidedDNS: the base of the VPC's block plus two.

        https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
        """
        return self.cidr.network_address + 2

    def check(self, interfaces: tuple[Interface, ...]) -> None:
        """Raise `ValueError` for an address outside of the VPC, reserved by it, or given twice."""
        reserved = {*(self.cidr.network_address + number for number in range(4)), self.cidr.broadcast_address}
        seen: dict[object, str] = {}
        for interface in interfaces:
            if interface.address not in self.cidr or interface.address in reserved:
                raise ValueError(
                    f"interface {interface.id}: {interface.address} is no free address of {self.cidr}"
                )
            if interface.ipv6 is not None and (
                self.ipv6_cidr is None or interface.ipv6 not in self.ipv6_cidr
            ):
                raise ValueError(
                    f"interface {interface.id}: {interface.ipv6} is not in the VPC's {self.ipv6_cidr}"
                )
            for value in (interface.id, interface.address, interface.ipv6, interface.public):
                if value is not None and value in seen:
                    raise ValueError(f"interfaces {seen[value]} and {interface.id} both have {value}")
                seen[value] = interface.id


def is_host(address: IPv4Address | IPv6Address) -> bool:
    """Whether it can be a host's address on the internet, documentation addresses included."""
    return not (
        address.is_loopback
        or address.is_multicast
        or address.is_unspecified
        or address.is_link_local
        or (isinstance(address, IPv4Address) and address in ipaddress.ip_network("240.0.0.0/4"))
    )


def _check_group(group: str) -> None:
    if not _GROUP_ID.fullmatch(group):
        raise ValueError(f"{group!r} is no security group id, such as sg-0123456789abcdef0")
