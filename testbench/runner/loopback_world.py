"""The world without namespaces: containers on a bridge of the engine's, published on this machine's loopback.

A task has a network interface in the emulated VPC as everywhere, and is registered with its address in target
groups and Cloud Map, but no packet reaches that. What listens on loopback instead: each load balancer's port,
which leads to the real ports of its healthy targets, and a door for each name that a task is told.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runner import interfaces
from runner.aws import Aws
from runner.front_door import Doors, Doorway
from runner.load_balancers import Listener, LoadBalancer
from runner.model_api import ModelApi
from runner.network.forwarder import Forwarder, Target
from runner.place import Connection
from runner.published import PublishedPorts, PublishingBackend
from runner.surroundings import tell_errors
from runner.tasks.engine import EngineBackend


@dataclass(frozen=True)
class Loopback:
    """What the world and its backends share."""

    forwarder: Forwarder
    published: PublishedPorts

    @classmethod
    def new(cls) -> Loopback:
        return cls(Forwarder(), PublishedPorts())


class LoopbackWorld:
    """See `runner.surroundings.World`."""

    def __init__(self, aws: Aws, backend: EngineBackend, loopback: Loopback, api: ModelApi | None) -> None:
        self.backend = PublishingBackend(backend, loopback.published)
        self._aws, self._engine, self._loopback, self._api = aws, backend, loopback, api
        self._doors = Doors(loopback.forwarder)
        self._listeners: dict[int, Listener] = {}

    @property
    def overrides(self) -> Mapping[str, Mapping[str, str]]:
        return overrides(self._api)

    def place_of(self, service: Mapping[str, Any]) -> LoopbackPlace:
        return LoopbackPlace(self._aws, self._loopback, service)

    def follow(self, services: Iterable[Mapping[str, Any]], balancers: Sequence[LoadBalancer]) -> None:
        # Where two balancers have the same port, this machine's leads to the first.
        listeners = [listener for balancer in balancers for listener in balancer.listeners]
        self._listeners = {listener.port: listener for listener in reversed(listeners)}
        self._doors.set({port: self._doorway(listener) for port, listener in self._listeners.items()})

    def remove_leftovers(self) -> None:
        tell_errors(self._engine.remove_leftovers)

    def close(self) -> None:
        self._loopback.forwarder.close()
        tell_errors(self._engine.close)

    def _doorway(self, listener: Listener) -> Doorway:
        port = listener.port
        return Doorway(lambda: self._targets(port), _socket, listener.idle_seconds)

    def _targets(self, port: int) -> Sequence[Target]:
        listener = self._listeners.get(port)
        return self._loopback.published.here(listener.targets) if listener else ()


class LoopbackPlace:
    """The place of one service's tasks; see `runner.place.Place`."""

    def __init__(self, aws: Aws, loopback: Loopback, service: Mapping[str, Any]) -> None:
        self._aws, self._loopback, self._service = aws, loopback, service
        self._ec2 = aws.client("ec2")

    def connect(self, subnets: Sequence[str], groups: Sequence[str], task_arn: str) -> Connection:
        names = private_names(self._aws, self._service)
        created = interfaces.create(self._ec2, subnets, groups, task_arn)
        address = IPv4Address(created["PrivateIpAddress"])
        self._loopback.published.add(task_arn.rpartition("/")[2], address, names)
        return Connection(created["NetworkInterfaceId"], created["SubnetId"], address, None, None)

    def disconnect(self, connection: Connection) -> None:
        self._loopback.published.remove(connection.address)
        # An emulator that was started anew does not know it.
        with contextlib.suppress(ClientError, BotoCoreError):
            interfaces.delete(self._ec2, connection.interface)


def overrides(api: ModelApi | None) -> Mapping[str, Mapping[str, str]]:
    """Variables by container, beside the task definitions'."""
    return {"orchestration": {"ANTHROPIC_BASE_URL": api.url}} if api else {}


def private_names(aws: Aws, service: Mapping[str, Any]) -> list[str]:
    """The full names of an ECS service's tasks in Cloud Map; `service` is DescribeServices' entry."""
    client = aws.client("servicediscovery")
    names = []
    for registry in service.get("serviceRegistries") or []:
        found = client.get_service(Id=registry["registryArn"].rpartition("/")[2])["Service"]
        # Terraform still names the namespace in the place that AWS has deprecated.
        namespace_id = found.get("NamespaceId") or found["DnsConfig"]["NamespaceId"]
        namespace = client.get_namespace(Id=namespace_id)["Namespace"]["Name"]
        names.append(f"{found['Name']}.{namespace}")
    return names


def _socket(family: int) -> socket.socket:
    return socket.socket(family, socket.SOCK_STREAM)
