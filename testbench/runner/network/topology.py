"""The VPC as network namespaces: a router, one for each network interface, and an internet of test hosts.

    internet                        router: nftables, the resolver's address          each interface
    bridge `net` ── net0 ────────── net0        e1a2… ────────────────────────────── eth0
         └───────── eth0 of each host

Nothing is made in the caller's own namespace, not even for a moment: a kill at any time leaves nothing. No
namespace has a way to the machine's network. Hosts of the internet have documentation addresses.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import Self

from runner.network import routes, rules
from runner.network.model import Interface, SecurityGroup, Vpc
from runner.network.namespace import Namespace, NetworkError


class Network:
    """One VPC and its internet. Its methods, and the namespaces that it gives, are usable from every thread.

    Raises `NetworkError` where the kernel refuses, `ValueError` for addresses that cannot be.

    router: where the resolver listens, on the VPC's `resolver` address.
    internet: the bridge between hosts and router; no host itself.
    """

    def __init__(self, vpc: Vpc) -> None:
        self._vpc = vpc
        self._lock = threading.RLock()
        self._groups: tuple[SecurityGroup, ...] = ()
        self._interfaces: dict[str, tuple[Interface, Namespace]] = {}
        self._hosts: set[IPv4Address | IPv6Address] = set()
        self._ports = itertools.count()
        self._namespaces: list[Namespace] = []
        try:
            self.internet = self._create()
            self.router = self._create()
            routes.build_internet(self.internet, self.router)
            routes.build_router(self.router, vpc)
            self._load(self._groups, ())
            routes.start_forwarding(self.router)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """What is attached."""
        with self._lock:
            return tuple(interface for interface, _ in self._interfaces.values())

    def attach(self, interface: Interface) -> Namespace:
        """A namespace for the interface with addresses and routes; the groups' rules hold from the start."""
        with self._lock:
            if interface.id in self._interfaces:
                raise ValueError(f"interface {interface.id} is attached already")
            for outside in _outside(interface):
                if outside in self._hosts:
                    raise ValueError(f"interface {interface.id}: {outside} is a host of the internet already")
            self._load(self._groups, (*self.interfaces, interface))
            namespace = self._create()
            try:
                routes.connect_interface(self.router, self._vpc, interface, namespace)
            except BaseException:
                with contextlib.suppress(NetworkError):
                    self._remove(interface, namespace)
                raise
            self._interfaces[interface.id] = interface, namespace
            return namespace

    def detach(self, interface_id: str) -> None:
        """Remove an interface and let go of its namespace. Raises `KeyError` when it is not attached."""
        with self._lock:
            self._remove(*self._interfaces.pop(interface_id))

    def apply(self, groups: Iterable[SecurityGroup]) -> None:
        """Make these the VPC's security groups, at once for all interfaces.

        A connection that exists goes on, as on EC2. On an error the earlier rules hold.
        """
        with self._lock:
            new = tuple(groups)
            self._load(new, self.interfaces)
            self._groups = new

    def add_internet_host(self, *addresses: IPv4Address | IPv6Address) -> Namespace:
        """A host on the internet, with documentation addresses, in a namespace of its own."""
        with self._lock:
            taken = self._hosts.union(*map(_outside, self.interfaces))
            for address in addresses:
                if not any(address in block for block in routes.DOCUMENTATION):
                    blocks = ", ".join(map(str, routes.DOCUMENTATION))
                    raise ValueError(f"{address} is no documentation address ({blocks})")
                if address in taken:
                    raise ValueError(f"the address {address} is taken")
            namespace = self._create()
            try:
                routes.connect_host(self.internet, f"host{next(self._ports)}", namespace, addresses)
            except BaseException:
                self._release(namespace)
                raise
            self._hosts.update(addresses)
            return namespace

    def close(self) -> None:
        """Let go of every namespace. Processes and sockets inside must have ended: they keep it alive."""
        with self._lock:
            while self._namespaces:
                self._namespaces.pop().close()
            self._interfaces.clear()
            self._hosts.clear()

    def _remove(self, interface: Interface, namespace: Namespace) -> None:
        """Undo an attachment, or as much of it as was done."""
        remaining = self.interfaces
        shared = interface.outside in {other.outside for other in remaining}
        try:
            self._load(self._groups, remaining)
            routes.disconnect_interface(self.router, interface, None if shared else interface.outside)
        finally:
            self._release(namespace)

    def _load(self, groups: Iterable[SecurityGroup], interfaces: Iterable[Interface]) -> None:
        self.router.run(["nft", "-f", "-"], rules.compile(self._vpc, groups, interfaces))

    def _create(self) -> Namespace:
        namespace = Namespace.create()
        self._namespaces.append(namespace)
        return namespace

    def _release(self, namespace: Namespace) -> None:
        self._namespaces.remove(namespace)
        namespace.close()


def _outside(interface: Interface) -> set[IPv4Address | IPv6Address]:
    """The addresses that the internet knows it by."""
    return {one for one in (interface.public, interface.nat, interface.ipv6) if one is not None}
