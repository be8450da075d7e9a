"""Runs the network load balancers, and opens a door to each of their ports on this machine's loopback."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from runner.load_balancers import Listener, LoadBalancer
from runner.network.forwarder import Forwarder, Target
from runner.network.namespace import Namespace
from runner.vpc import EmulatedVpc

LOOPBACK = "127.0.0.1"

SocketOf = Callable[[int], socket.socket]


@dataclass(frozen=True)
class Doorway:
    """Where a port's connections go, what makes their sockets, and how many seconds they may be silent."""

    targets: Callable[[], Sequence[Target]]
    connect: SocketOf
    idle_seconds: float


class Doors:
    """Ports of this machine's loopback. One that another program has is said once, and tried again."""

    def __init__(self, forwarder: Forwarder) -> None:
        self._forwarder = forwarder
        self._open: dict[int, socket.socket] = {}
        self._doorways: dict[int, Doorway] = {}
        self._told: set[int] = set()

    def set(self, doorways: Mapping[int, Doorway]) -> None:
        """What each port leads to from now on; connections that exist go on."""
        self._doorways = dict(doorways)
        for port in self._open.keys() - doorways.keys():
            self._forwarder.stop_listening(self._open.pop(port))
        for port, doorway in doorways.items():
            if port not in self._open and (listening := self._listen(port)):
                self._open[port] = listening
                self._lead(port, listening, doorway.idle_seconds)

    def _lead(self, port: int, listening: socket.socket, idle_seconds: float) -> None:
        self._forwarder.listen(
            listening,
            partial(self._targets, port),
            partial(self._connect, port),
            idle_seconds=idle_seconds,
        )

    def _targets(self, port: int) -> Sequence[Target]:
        return self._doorways[port].targets()

    def _connect(self, port: int, family: int) -> socket.socket:
        return self._doorways[port].connect(family)

    def _listen(self, port: int) -> socket.socket | None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            if port not in self._told:
                print(
                    f"{LOOPBACK}:{port} cannot be listened on: {error.strerror}", file=sys.stderr, flush=True
                )
            self._told.add(port)
            return None
        self._told.discard(port)
        return listening


@dataclass
class _Node:
    """A load balancer's interface: its namespace, and what listens there."""

    interface: Mapping[str, Any]
    vpc: EmulatedVpc
    namespace: Namespace
    listening: dict[tuple[str, int], socket.socket] = field(default_factory=dict)
    listeners: dict[int, Listener] = field(default_factory=dict)

    @property
    def addresses(self) -> list[str]:
        return [
            self.interface["PrivateIpAddress"],
            *(one["Ipv6Address"] for one in self.interface.get("Ipv6Addresses", [])),
        ]

    def targets(self, port: int) -> Sequence[Target]:
        listener = self.listeners.get(port)
        return listener.targets if listener else ()


class FrontDoor:
    """The load balancers of the emulated VPCs; `follow` is for one thread."""

    def __init__(self, forwarder: Forwarder, doors: Doors) -> None:
        self._forwarder, self._doors = forwarder, doors
        self._nodes: dict[str, _Node] = {}

    def follow(
        self,
        balancers: Sequence[LoadBalancer],
        vpcs: Mapping[str, EmulatedVpc],
        persons: Mapping[str, SocketOf],
    ) -> None:
        """Make what runs here be what the emulator says.

        `persons` has, by VPC, what makes a socket of the person at this machine, who uses the doors.
        """
        wanted = {
            interface["NetworkInterfaceId"]: (interface, balancer)
            for balancer in balancers
            if balancer.vpc in vpcs
            for interface in balancer.interfaces
        }
        for gone in self._nodes.keys() - wanted.keys():
            self._remove(self._nodes.pop(gone))
        for interface_id, (interface, balancer) in wanted.items():
            if interface_id not in self._nodes:
                vpc = vpcs[balancer.vpc]
                self._nodes[interface_id] = _Node(interface, vpc, vpc.attach(interface))
            self._listen(self._nodes[interface_id], balancer.listeners)
        self._doors.set(self._doorways(persons))

    def _listen(self, node: _Node, listeners: Sequence[Listener]) -> None:
        node.listeners = {one.port: one for one in listeners}
        wanted = {(address, port) for address in node.addresses for port in node.listeners}
        for gone in node.listening.keys() - wanted:
            self._forwarder.stop_listening(node.listening.pop(gone))
        for address, port in wanted - node.listening.keys():
            listening = _listening_socket(node.namespace, address, port)
            node.listening[address, port] = listening
            self._forwarder.listen(
                listening,
                _targets_of(node, port),
                lambda family, node=node: node.namespace.socket(family, socket.SOCK_STREAM),  # type: ignore[misc]
                idle_seconds=node.listeners[port].idle_seconds,
            )

    def _remove(self, node: _Node) -> None:
        for listening in node.listening.values():
            self._forwarder.stop_listening(listening)
        node.vpc.detach(node.interface["NetworkInterfaceId"])

    def _doorways(self, persons: Mapping[str, SocketOf]) -> dict[int, Doorway]:
        doorways: dict[int, Doorway] = {}
        for node in self._nodes.values():
            public = node.interface.get("Association", {}).get("PublicIp")
            for port, listener in node.listeners.items():
                if public and port not in doorways:
                    target = Target(IPv4Address(public), port)
                    doorways[port] = Doorway(_always(target), persons[node.vpc.id], listener.idle_seconds)
        return doorways


def _targets_of(node: _Node, port: int) -> Callable[[], Sequence[Target]]:
    return lambda: node.targets(port)


def _always(target: Target) -> Callable[[], Sequence[Target]]:
    return lambda: [target]


def _listening_socket(namespace: Namespace, address: str, port: int) -> socket.socket:
    is_ipv6 = ipaddress.ip_address(address).version == 6
    listening = namespace.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_ipv6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
