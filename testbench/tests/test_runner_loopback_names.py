"""Names and load balancer ports on loopback: which real port each leads to. With the emulator's Cloud Map."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, cast

import pytest

from conftest import Aws as Clients
from runner.aws import Aws
from runner.ecs.definition import ContainerDefinition
from runner.load_balancers import Listener, LoadBalancer
from runner.loopback_world import Loopback, LoopbackWorld
from runner.model_api import ModelApi
from runner.network.forwarder import Target
from runner.place import Connection
from runner.tasks.backend import Container, Launch
from runner.tasks.engine import EngineBackend
from runner_probes import free_port


class _Clients:
    """The part of `runner.aws.Aws` that is used, in the test's own account."""

    def __init__(self, clients: Clients) -> None:
        self.client = clients


class _Backend:
    """Runs nothing."""

    def close(self) -> None: ...


class Server:
    """Says its name to whoever connects, on a free port of loopback."""

    def __init__(self, name: str) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._name = name.encode()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client:
                client.sendall(self._name)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


def _who(port: int) -> str:
    """Who answers there; empty when the connection is reset or refused."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            return client.makefile("rb").read().decode()
    except OSError:
        return ""


class Scene:
    """A Cloud Map service `environment` in `computer-use.local`, and tasks that are servers of the test's."""

    def __init__(self, aws: Clients, subnet: str) -> None:
        self.aws, self._subnet = aws, subnet
        discovery = aws("servicediscovery")
        vpc = aws("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
        discovery.create_private_dns_namespace(Name="computer-use.local", Vpc=vpc)
        namespace = discovery.list_namespaces()["Namespaces"][0]["Id"]
        dns = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 60}]}
        registry = discovery.create_service(Name="environment", DnsConfig=dns)["Service"]
        self._registry = registry["Id"]
        self.service = {"serviceRegistries": [{"registryArn": registry["Arn"]}]}
        clients = cast(Aws, _Clients(aws))
        self.loopback = Loopback.new()
        self.world = LoopbackWorld(clients, cast(EngineBackend, _Backend()), self.loopback, None)
        self.place = self.world.place_of(self.service)
        self._servers: list[Server] = []

    def start_task(self, task_id: str, port: int = 5000) -> Connection:
        """One that serves its own ID on the container's `port`, and is registered."""
        connection = self.place.connect([self._subnet], [], f"arn:aws:ecs:r:1:task/sandbox/{task_id}")
        server = Server(task_id)
        self._servers.append(server)
        self.loopback.published.publish(task_id, {port: server.port})
        self.aws("servicediscovery").register_instance(
            ServiceId=self._registry,
            InstanceId=task_id,
            CreatorRequestId=task_id,
            Attributes={"AWS_INSTANCE_IPV4": str(connection.address)},
        )
        return connection

    def stop_task(self, task_id: str, connection: Connection) -> None:
        self.aws("servicediscovery").deregister_instance(ServiceId=self._registry, InstanceId=task_id)
        self.place.disconnect(connection)

    def follow(self, *targets: Target, port: int = 0) -> None:
        listeners = (Listener(port, 350.0, targets),) if port else ()
        self.world.follow([], [LoadBalancer("arn", "vpc", (), listeners)])

    def close(self) -> None:
        self.world.close()
        for server in self._servers:
            server.close()


@pytest.fixture
def scene(aws: Clients, ipv6_subnets: list[str]) -> Iterator[Scene]:
    with closing(Scene(aws, ipv6_subnets[0])) as made:
        yield made


class TestNames:
    def test_a_container_gets_its_services_names_as_aliases(self, scene: Scene, tmp_path: Path) -> None:
        connection = scene.start_task("one")
        launch = cast(Any, Launch)("one", None, {}, None, None, tmp_path, 256, 512)
        assert scene.loopback.published.names(launch) == ("environment.computer-use.local",)
        scene.stop_task("one", connection)
        assert scene.loopback.published.names(launch) == ()


class TestDoors:
    def test_a_load_balancers_port_leads_to_its_healthy_target(self, scene: Scene) -> None:
        connection = scene.start_task("one", port=8501)
        port = free_port()
        scene.follow(port=port)
        assert _who(port) == ""  # none is healthy
        scene.follow(Target(connection.address, 8501), port=port)
        assert _who(port) == "one"
        scene.follow()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))

    def test_two_tasks_of_a_service_are_told_apart(self, scene: Scene) -> None:
        port = free_port()
        old, new = scene.start_task("old", port=8501), scene.start_task("new", port=8501)
        assert old.address != new.address
        scene.follow(Target(old.address, 8501), Target(new.address, 8501), port=port)
        assert {_who(port), _who(port)} == {"old", "new"}
        scene.stop_task("old", old)
        # Before the load balancer has heard of it, too.
        assert {_who(port), _who(port)} == {"new"}

    def test_an_address_that_is_no_tasks_leads_nowhere(self, scene: Scene) -> None:
        port = free_port()
        scene.follow(Target(IPv4Address("10.0.0.99"), 8501), port=port)
        assert _who(port) == ""


class TestTheRest:
    def test_a_tasks_interface_is_the_emulated_vpcs_and_goes_with_it(self, scene: Scene) -> None:
        connection = scene.start_task("one")
        ec2 = scene.aws("ec2")
        found = ec2.describe_network_interfaces(NetworkInterfaceIds=[connection.interface])
        assert found["NetworkInterfaces"][0]["PrivateIpAddress"] == str(connection.address)
        assert connection.namespace is None
        scene.stop_task("one", connection)
        left = ec2.describe_network_interfaces()["NetworkInterfaces"]
        assert connection.interface not in [one["NetworkInterfaceId"] for one in left]

    def test_the_models_api_is_given_by_its_own_address(self, scene: Scene) -> None:
        assert scene.world.overrides == {}
        clients = cast(Aws, _Clients(scene.aws))
        api = ModelApi("http://127.0.0.1:9")
        world = LoopbackWorld(clients, cast(EngineBackend, _Backend()), Loopback.new(), api)
        assert world.overrides == {"orchestration": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}}
        world.close()

    def test_a_container_that_ended_at_once_publishes_nothing(self, scene: Scene, tmp_path: Path) -> None:
        class Ended:
            def published(self, port: int) -> int:
                raise KeyError(port)

        class Backend:
            def start(self, _: Launch) -> Container:
                return cast(Container, Ended())

        clients = cast(Aws, _Clients(scene.aws))
        world = LoopbackWorld(clients, cast(EngineBackend, Backend()), scene.loopback, None)
        definition: Mapping[str, Any] = {"name": "x", "image": "x", "portMappings": [{"containerPort": 1}]}
        connection = scene.start_task("one")
        container = ContainerDefinition.of(definition)
        world.backend.start(Launch("one", container, {}, None, None, tmp_path, 256, 512))
        assert scene.loopback.published.here([Target(connection.address, 5000)]) == []
