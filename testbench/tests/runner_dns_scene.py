"""What the tests of the emulated Resolver share: a server on loopback, and firewall rules made with boto3."""

from __future__ import annotations

import itertools
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.message
import dns.query
from dns.message import Message

from runner.dns.firewall import Firewall
from runner.dns.log_entries import AnsweredQuery
from runner.dns.lookups import Source
from runner.dns.names import Internet
from runner.dns.resolver import Log, Resolver, Rules

LOCAL = Path(__file__).resolve().parents[1]

# Seconds after which a test gives up waiting. No passing test waits that long.
TIMEOUT = 20.0

WEB = Internet(
    {
        "allowed.example": {"A": ["198.51.100.10"], "AAAA": ["2001:db8::10"]},
        "www.allowed.example": {"A": ["198.51.100.11"]},
        "alias.example": {"CNAME": ["cdn.example"]},
        "cdn.example": {"CNAME": ["edge.example"]},
        "edge.example": {"A": ["198.51.100.12"]},
        "loop.example": {"CNAME": ["pool.example"]},
        "pool.example": {"CNAME": ["loop.example"]},
        "dangling.example": {"CNAME": ["nowhere.example"]},
        "blocked.example": {"A": ["198.51.100.13"]},
        "many.example": {"A": [f"198.51.100.{number}" for number in range(1, 255)]},
        "some.example": {"A": [f"198.51.100.{number}" for number in range(1, 41)]},
    }
)


@dataclass
class FixedRules:
    """Rules that do not change; None means that the firewall cannot be evaluated."""

    firewall: Firewall | None = field(default_factory=Firewall)

    def current(self) -> Firewall | None:
        return self.firewall


@dataclass
class KeptLog:
    """A query log that keeps its entries in memory."""

    queries: list[AnsweredQuery] = field(default_factory=list)

    def record(self, query: AnsweredQuery) -> None:
        self.queries.append(query)


@dataclass(frozen=True)
class Server:
    """A resolver that listens on loopback."""

    udp: tuple[str, int]
    tcp: tuple[str, int]

    def ask(self, name: str, rdtype: str = "A", **options: Any) -> Message:
        return self.send(dns.message.make_query(name, rdtype, **options))

    def ask_over_tcp(self, name: str, rdtype: str = "A", **options: Any) -> Message:
        query = dns.message.make_query(name, rdtype, **options)
        return dns.query.tcp(query, self.tcp[0], TIMEOUT, self.tcp[1])

    def send(self, query: Message) -> Message:
        return dns.query.udp(query, self.udp[0], TIMEOUT, self.udp[1])


def texts(answer: Message) -> list[str]:
    """The values of all records of the answer."""
    return [rdata.to_text() for rrset in answer.answer for rdata in rrset]


def framed(wire: bytes) -> bytes:
    """A message as it is sent over TCP, after its length."""
    return struct.pack("!H", len(wire)) + wire


def connected(server: Server) -> socket.socket:
    return socket.create_connection(server.tcp, TIMEOUT)


@contextmanager
def serving(
    rules: Rules | None = None, sources: Sequence[Source] = (WEB,), log: Log | None = None
) -> Iterator[Server]:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    tcp = socket.create_server(("127.0.0.1", 0))
    server = Server(udp.getsockname(), tcp.getsockname())
    resolver = Resolver(rules or FixedRules(), sources, log or KeptLog())
    resolver.serve(udp, tcp)
    try:
        yield server
    finally:
        resolver.close()


class VpcFirewall:
    """One rule group, associated with a VPC."""

    def __init__(self, client: Any, vpc_id: str, priority: int = 101) -> None:
        self._client = client
        self._numbers = itertools.count(1)
        name = f"group-{priority}"
        created = client.create_firewall_rule_group(CreatorRequestId=name, Name=name)
        self.group_id: str = created["FirewallRuleGroup"]["Id"]
        client.associate_firewall_rule_group(
            CreatorRequestId=name,
            FirewallRuleGroupId=self.group_id,
            VpcId=vpc_id,
            Priority=priority,
            Name=name,
        )

    def rule(self, priority: int, action: str, *domains: str, **fields: Any) -> str:
        """Add a rule; returns the ID of its domain list."""
        name = f"{self.group_id}-{next(self._numbers)}"
        made = self._client.create_firewall_domain_list(CreatorRequestId=name, Name=name)
        list_id: str = made["FirewallDomainList"]["Id"]
        if domains:
            self._client.update_firewall_domains(
                FirewallDomainListId=list_id, Operation="ADD", Domains=list(domains)
            )
        self._client.create_firewall_rule(
            CreatorRequestId=name,
            FirewallRuleGroupId=self.group_id,
            FirewallDomainListId=list_id,
            Priority=priority,
            Action=action,
            Name=name,
            **fields,
        )
        return list_id

    def block_the_rest(self) -> str:
        return self.rule(1000, "BLOCK", "*", BlockResponse="NODATA")


@contextmanager
def own_emulator() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """URL and process of an emulator that a test may end."""
    command = [sys.executable, "-m", "emulator", "--exit-with-parent"]
    with subprocess.Popen(
        command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("listening on ").strip(), process
        process.kill()
