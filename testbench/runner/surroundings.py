"""What tasks run in here: the networks, the backend, and the doors of this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from containers.engine import EngineError
from runner import internet
from runner.aws import Aws
from runner.front_door import Doors, FrontDoor
from runner.internet import LocalInternet
from runner.load_balancers import LoadBalancer
from runner.model_api import ModelApi
from runner.network.forwarder import Forwarder
from runner.place import Place
from runner.state_file import replace
from runner.tasks.backend import Backend
from runner.tasks.engine import EngineBackend
from runner.vpc import EmulatedVpc

Overrides = Mapping[str, Mapping[str, str]]


class World(Protocol):
    """See the two implementations: namespaces, and none."""

    @property
    def backend(self) -> Backend: ...

    @property
    def overrides(self) -> Overrides:
        """Variables by container, beside the task definitions'."""

    def place_of(self, service: Mapping[str, Any]) -> Place:
        """Where the service's tasks live; `follow` has seen it."""

    def follow(self, services: Iterable[Mapping[str, Any]], balancers: Sequence[LoadBalancer]) -> None:
        """Make networks and load balancers match what the emulator says now."""

    def remove_leftovers(self) -> None:
        """What a killed runner has left on this machine."""

    def close(self) -> None:
        """Give everything back; all tasks have ended."""


def tell_errors(action: Callable[[], object]) -> None:
    """Do it. What the container engine refuses is printed, and does not stop the caller."""
    try:
        action()
    except EngineError as error:
        print(error, file=sys.stderr, flush=True)


class NamespacedWorld:
    """A network of namespaces for each VPC that has a service or a load balancer."""

    def __init__(self, aws: Aws, backend: EngineBackend, api: ModelApi | None, shown_in: Path) -> None:
        """The namespaces' paths are kept up to date in the file `shown_in`: VPC → interface → path."""
        self.backend = self._engine = backend
        self._shown_in, self._shown = shown_in, ""
        self._aws, self._api = aws, api
        self._forwarder = Forwarder()
        self._front_door = FrontDoor(self._forwarder, Doors(self._forwarder))
        self._vpcs: dict[str, EmulatedVpc] = {}
        self._internets: dict[str, LocalInternet] = {}
        self._vpc_of_subnet: dict[str, str] = {}

    @property
    def overrides(self) -> Overrides:
        return {"orchestration": {"ANTHROPIC_BASE_URL": self._api.url_for_tasks}} if self._api else {}

    def place_of(self, service: Mapping[str, Any]) -> Place:
        return self._vpcs[self._vpc_of(service)]

    def follow(self, services: Iterable[Mapping[str, Any]], balancers: Sequence[LoadBalancer]) -> None:
        wanted = {self._vpc_of(one) for one in services}
        wanted |= {one.vpc for one in balancers}
        for vpc_id in wanted - self._vpcs.keys():
            self._open(vpc_id)
        for vpc_id in wanted:
            self._vpcs[vpc_id].refresh()
        persons = {vpc_id: one.person_socket for vpc_id, one in self._internets.items()}
        self._front_door.follow(balancers, self._vpcs, persons)
        for vpc_id in self._vpcs.keys() - wanted:
            self._close(vpc_id)
        self._show()

    def _open(self, vpc_id: str) -> None:
        opened = EmulatedVpc(self._aws, vpc_id, internet.names(self._api))
        self._vpcs[vpc_id] = opened
        self._internets[vpc_id] = LocalInternet(opened.network, self._forwarder, self._api)

    def _show(self) -> None:
        shown = json.dumps({vpc_id: one.namespaces() for vpc_id, one in self._vpcs.items()}, indent=2)
        if shown != self._shown:
            replace(self._shown_in, shown + "\n")
        self._shown = shown

    def _close(self, vpc_id: str) -> None:
        self._internets.pop(vpc_id).close()
        self._vpcs.pop(vpc_id).close()

    def _vpc_of(self, service: Mapping[str, Any]) -> str:
        subnet = service["networkConfiguration"]["awsvpcConfiguration"]["subnets"][0]
        if subnet not in self._vpc_of_subnet:
            described = self._aws.client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"][0]
            self._vpc_of_subnet[subnet] = described["VpcId"]
        return self._vpc_of_subnet[subnet]

    def remove_leftovers(self) -> None:
        # The kernel has removed the namespaces and all that was in them.
        tell_errors(self._engine.remove_leftovers)

    def close(self) -> None:
        self._forwarder.close()
        tell_errors(self._engine.close)
        for vpc_id in list(self._vpcs):
            self._close(vpc_id)
        self._shown_in.unlink(missing_ok=True)
