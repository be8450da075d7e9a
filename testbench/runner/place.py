"""Where tasks live: in the emulated VPC's namespaces, or on this machine's loopback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol

from runner.network.namespace import Namespace


@dataclass(frozen=True)
class Connection:
    """A task's network interface. With no namespace no packet reaches its address, and the task listens on
    loopback: `runner.published` knows where."""

    interface: str
    subnet: str
    address: IPv4Address
    namespace: Namespace | None
    name_server: IPv4Address | None


class Place(Protocol):
    """Gives each task its connection."""

    def connect(self, subnets: Sequence[str], groups: Sequence[str], task_arn: str) -> Connection:
        """A new network interface in one of the subnets."""

    def disconnect(self, connection: Connection) -> None:
        """Give it back."""
