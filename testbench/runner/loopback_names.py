"""Cloud Map's names where tasks have no resolver of their own: a door on loopback for each name and port.

A variable's value such as `http://environment.computer-use.local:5000` is given to a task as the door's
address. The door leads to the tasks that Cloud Map knows at the time of each connection, so the value stays
good when they are replaced. A name without a port stays as it is, and does not resolve.
"""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

import dns.exception
import dns.name
import dns.rdatatype

from runner.aws import Aws
from runner.dns.names import PrivateNames
from runner.network.forwarder import Forwarder, Target
from runner.published import LOOPBACK, PublishedPorts

_NAME_AND_PORT = re.compile(r"\b((?:[a-z0-9-]+\.)+[a-z0-9-]+):([0-9]{1,5})\b", re.IGNORECASE)
# Between tasks nothing on AWS ends a connection for being idle; here a forgotten one ends some day.
_IDLE_SECONDS = 86_400.0


class LoopbackNames:
    """`refresh` follows Cloud Map and is for one thread, the rest for all. Doors close with the forwarder."""

    def __init__(self, aws: Aws, forwarder: Forwarder, published: PublishedPorts) -> None:
        self._aws, self._forwarder, self._published = aws, forwarder, published
        self._private = PrivateNames(aws.client("servicediscovery"))
        self._lock = threading.Lock()
        self._doors: dict[tuple[str, int], int] = {}

    def refresh(self) -> None:
        """Raises boto3's errors."""
        self._private.refresh()

    def in_variables(self, variables: Mapping[str, str]) -> dict[str, str]:
        """With a door's address wherever there was a private name and a port."""
        return {name: _NAME_AND_PORT.sub(self._here, value) for name, value in variables.items()}

    def of_service(self, service: Mapping[str, Any]) -> list[str]:
        """The full names of an ECS service's tasks; `service` is DescribeServices' entry."""
        client = self._aws.client("servicediscovery")
        names = []
        for registry in service.get("serviceRegistries") or []:
            found = client.get_service(Id=registry["registryArn"].rpartition("/")[2])["Service"]
            # Terraform still names the namespace in the place that AWS has deprecated.
            namespace_id = found.get("NamespaceId") or found["DnsConfig"]["NamespaceId"]
            namespace = client.get_namespace(Id=namespace_id)["Namespace"]["Name"]
            names.append(f"{found['Name']}.{namespace}")
        return names

    def _here(self, found: re.Match[str]) -> str:
        name, port = found[1].lower(), int(found[2])
        if not 1 <= port <= 65535 or self._lookup(name) is None:
            return found[0]
        return f"{LOOPBACK}:{self._door(name, port)}"

    def _lookup(self, name: str) -> list[IPv4Address] | None:
        """The addresses; None when the name is in no private namespace."""
        try:
            found = self._private.lookup(dns.name.from_text(name), dns.rdatatype.A)
        except dns.exception.DNSException:
            return None  # not a name after all
        if found is None:
            return None
        return [IPv4Address(one.address) for one in found.answer] if found.answer else []

    def _door(self, name: str, port: int) -> int:
        with self._lock:
            if (name, port) not in self._doors:
                listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                listening.bind((str(LOOPBACK), 0))
                listening.listen(128)
                door = int(listening.getsockname()[1])
                self._forwarder.listen(
                    listening,
                    lambda: self._targets(name, port),
                    lambda family: socket.socket(family, socket.SOCK_STREAM),
                    idle_seconds=_IDLE_SECONDS,
                )
                self._doors[name, port] = door
                print(f"{name}:{port} is {LOOPBACK}:{door} for tasks here", file=sys.stderr, flush=True)
            return self._doors[name, port]

    def _targets(self, name: str, port: int) -> Sequence[Target]:
        return self._published.here([Target(address, port) for address in self._lookup(name) or []])
