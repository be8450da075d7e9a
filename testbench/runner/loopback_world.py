"""The world without namespaces: tasks on this machine's loopback, in Docker containers or as processes.

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
from runner.loopback_names import LoopbackNames
from runner.model_api import ModelApi
from runner.network.forwarder import Forwarder, Target
from runner.place import Connection
from runner.published import PublishedPorts, PublishingBackend
from runner.tasks.first_that_can import FirstThatCan


@dataclass(frozen=True)
class Loopback:
    """What the world and its backends share."""

    forwarder: Forwarder
    published: PublishedPorts
    names: LoopbackNames

    @classmethod
    def of(cls, aws: Aws) -> Loopback:
        forwarder, published = Forwarder(), PublishedPorts()
        return cls(forwarder, published, LoopbackNames(aws, forwarder, published))


class LoopbackWorld:
    """See `runner.surroundings.World`."""

    def __init__(self, aws: Aws, backends: FirstThatCan, loopback: Loopback, api: ModelApi | None) -> None:
        self.backend = PublishingBackend(backends, loopback.published)
        self._aws, self._backends, self._loopback, self._api = aws, backends, loopback, api
        self._doors = Doors(loopback.forwarder)
        self._listeners: dict[int, Listener] = {}

    @property
    def overrides(self) -> Mapping[str, Mapping[str, str]]:
        return overrides(self._api)

    def place_of(self, service: Mapping[str, Any]) -> LoopbackPlace:
        return LoopbackPlace(self._aws.client("ec2"), self._loopback, service)

    def follow(self, services: Iterable[Mapping[str, Any]], balancers: Sequence[LoadBalancer]) -> None:
        self._loopback.names.refresh()
        # Where two balancers have the same port, this machine's leads to the first.
        listeners = [listener for balancer in balancers for listener in balancer.listeners]
        self._listeners = {listener.port: listener for listener in reversed(listeners)}
        self._doors.set({port: self._doorway(listener) for port, listener in self._listeners.items()})

    def remove_leftovers(self) -> None:
        self._backends.remove_leftovers()

    def close(self) -> None:
        self._loopback.forwarder.close()
        self._backends.close()

    def _doorway(self, listener: Listener) -> Doorway:
        port = listener.port
        return Doorway(lambda: self._targets(port), _socket, listener.idle_seconds)

    def _targets(self, port: int) -> Sequence[Target]:
        listener = self._listeners.get(port)
        return self._loopback.published.here(listener.targets) if listener else ()


class LoopbackPlace:
    """The place of one service's tasks; see `runner.place.Place`."""

    def __init__(self, ec2: Any, loopback: Loopback, service: Mapping[str, Any]) -> None:
        self._ec2, self._loopback, self._service = ec2, loopback, service

    def connect(self, subnets: Sequence[str], groups: Sequence[str], task_arn: str) -> Connection:
        names = self._loopback.names.of_service(self._service)
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


def _socket(family: int) -> socket.socket:
    return socket.socket(family, socket.SOCK_STREAM)
