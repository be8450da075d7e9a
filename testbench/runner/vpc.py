"""A VPC of the emulated AWS in network namespaces: its interfaces, its resolver, its rules."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runner import interfaces
from runner.aws import Aws
from runner.dns.domain_patterns import InvalidDomain
from runner.dns.firewall import InvalidRule
from runner.dns.names import Internet, PrivateNames
from runner.dns.query_log import QueryLog
from runner.dns.resolver import Resolver
from runner.dns.rules import CurrentRules
from runner.network import reader
from runner.network.model import Interface
from runner.network.namespace import Namespace
from runner.network.topology import Network
from runner.place import Connection

_DNS_PORT = 53


class EmulatedVpc:
    """A `Place` for tasks. `refresh` follows the emulator and is for one thread; the rest is for all."""

    def __init__(self, aws: Aws, vpc_id: str, internet: Internet) -> None:
        self.id = vpc_id
        self._aws = aws
        self._ec2 = aws.client("ec2")
        self.network = Network(reader.vpc(self._ec2, vpc_id))
        self._resolver_address = reader.vpc(self._ec2, vpc_id).resolver
        self._rules = CurrentRules(aws.client("route53resolver"), vpc_id)
        self._names = PrivateNames(aws.client("servicediscovery"))
        self._log = QueryLog(aws, aws.account, aws.region, vpc_id, self._source)
        self._resolver = Resolver(self._rules, [self._names, internet], self._log)
        self._interfaces: dict[str, str] = {}
        self._namespaces: dict[str, Namespace] = {}
        self._lock = threading.Lock()
        self._said: set[str] = set()
        try:
            self.refresh()
            self._serve_names()
        except BaseException:
            self.close()
            raise

    def _serve_names(self) -> None:
        where = (str(self._resolver_address), _DNS_PORT)
        udp = self.network.router.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(where)
        tcp = self.network.router.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(where)
        tcp.listen()
        self._resolver.serve(udp, tcp)

    def refresh(self) -> None:
        """Security groups, firewall rules and names as they are now. Raises boto3's errors."""
        groups = reader.security_groups(self._ec2, self.id)
        for sentence in groups.refused:
            self._tell(sentence)
        self.network.apply(groups.groups)
        self._names.refresh()
        try:
            self._rules.refresh()
        except (InvalidRule, InvalidDomain) as error:
            self._tell(f"no name resolves in {self.id}: {error}")

    def _tell(self, sentence: str) -> None:
        if sentence not in self._said:
            print(sentence, file=sys.stderr, flush=True)
        self._said.add(sentence)

    def attach(self, described: Mapping[str, Any]) -> Namespace:
        """The namespace of an interface that EC2 describes."""
        way_out = reader.way_out(self._ec2, described["SubnetId"])
        address = IPv4Address(described["PrivateIpAddress"])
        public = described.get("Association", {}).get("PublicIp")
        ipv6 = [IPv6Address(one["Ipv6Address"]) for one in described.get("Ipv6Addresses", [])]
        interface = Interface(
            id=described["NetworkInterfaceId"],
            address=address,
            ipv6=ipv6[0] if ipv6 else None,
            groups=tuple(group["GroupId"] for group in described["Groups"]),
            public=IPv4Address(public) if public and way_out.internet_gateway else None,
            nat=None if public else way_out.nat,
            ipv6_public=bool(ipv6) and way_out.ipv6,
        )
        namespace = self.network.attach(interface)
        with self._lock:
            self._interfaces[str(address)] = interface.id
            self._namespaces[interface.id] = namespace
        return namespace

    def detach(self, interface_id: str) -> None:
        with self._lock:
            self._namespaces.pop(interface_id, None)
        self.network.detach(interface_id)

    def namespaces(self) -> dict[str, str]:
        """For a person who wants to look inside: `nsenter --net=PATH`, by interface."""
        with self._lock:
            named = {**self._namespaces, "internet": self.network.internet, "router": self.network.router}
        return {name: namespace.path for name, namespace in named.items()}

    def connect(self, subnets: Sequence[str], groups: Sequence[str], task_arn: str) -> Connection:
        created = interfaces.create(self._ec2, subnets, groups, task_arn)
        try:
            namespace = self.attach(created)
        except BaseException:
            interfaces.delete(self._ec2, created["NetworkInterfaceId"])
            raise
        return Connection(
            created["NetworkInterfaceId"],
            created["SubnetId"],
            IPv4Address(created["PrivateIpAddress"]),
            namespace,
            self._resolver_address,
        )

    def disconnect(self, connection: Connection) -> None:
        self.detach(connection.interface)
        # An emulator that was started anew does not know it.
        with contextlib.suppress(ClientError, BotoCoreError):
            interfaces.delete(self._ec2, connection.interface)

    def close(self) -> None:
        self._resolver.close()
        self._log.close()
        self.network.close()

    def _source(self, address: str) -> Mapping[str, str]:
        """What the query log calls the one who asks."""
        with self._lock:
            found = self._interfaces.get(address)
        return {"network_interface": found} if found else {}
