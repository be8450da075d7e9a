"""A service and its tasks, with tasks that only say what they are: what is counted, and what ends."""

from __future__ import annotations

import dataclasses
import socket
import threading
from ipaddress import IPv4Address
from typing import Any

import pytest

from runner.ecs.definition import InvalidDefinition, TaskDefinition
from runner.ecs.order import Order
from runner.ecs.rollout import Running, Stage
from runner.ecs.service import Service
from runner.front_door import Doors, Doorway
from runner.network.forwarder import Forwarder, Target

DEFINITION = TaskDefinition.of(
    {
        "taskDefinitionArn": "arn:aws:ecs:r:1:task-definition/web:1",
        "family": "web",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "web", "image": "x"}],
    }
)


@dataclasses.dataclass
class ToldTask:
    """What a service asks of a task."""

    order: Order
    id: str
    stage: Stage | None = Stage.STARTING
    has_failed: bool = False
    stopped_reason: str = "it was told to"
    stop_reason: str = ""

    @property
    def is_stopped(self) -> bool:
        return self.stage is None

    def running(self) -> Running:
        assert self.stage is not None
        return Running(self.id, self.order.deployment, self.stage)

    def start(self) -> None:
        """Nothing runs."""

    def stop(self, reason: str) -> None:
        self.stop_reason, self.stage = reason, Stage.STOPPING

    def fail(self) -> None:
        self.stage, self.has_failed = None, True


class Scene:
    def __init__(self, has_breaker: bool = True) -> None:
        self.has_breaker = has_breaker
        self.tasks: list[ToldTask] = []
        self.service = Service(self._make, lambda arn: DEFINITION, {})

    def _make(self, order: Order) -> Any:
        self.tasks.append(ToldTask(order, f"task-{len(self.tasks)}"))
        return self.tasks[-1]

    def step(self, state: str = "IN_PROGRESS", **changes: Any) -> dict[str, Any]:
        """One look at the service; what is then reported of its deployment."""
        primary = {"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "x", "rolloutState": state}
        raw = {
            "serviceName": "web",
            "clusterArn": "arn:aws:ecs:r:1:cluster/c",
            "status": "ACTIVE",
            "desiredCount": 1,
            "deployments": [primary],
            "deploymentConfiguration": {
                "minimumHealthyPercent": 0,
                "maximumPercent": 100,
                "deploymentCircuitBreaker": {"enable": self.has_breaker, "rollback": True},
            },
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}},
            **changes,
        }
        self.service.step(raw)
        self.service._not_before = 0.0  # the wait after a failure is over
        self.service.step(raw)
        found: dict[str, Any] = self.service._rollouts["ecs-svc/1"]
        return found


def test_a_deployment_whose_tasks_fail_three_times_is_given_up() -> None:
    scene = Scene()
    for _ in range(3):
        assert scene.step()["state"] == "IN_PROGRESS"
        scene.tasks[-1].fail()
    scene.tasks[-1].stopped_reason = "LOGIN_PASSWORD is missing"
    failed = scene.step()
    assert (failed["state"], failed["failedTasks"]) == ("FAILED", 3)
    assert "LOGIN_PASSWORD is missing" in failed["reason"]
    scene.step()
    assert len(scene.tasks) == 3


def test_a_deployment_without_a_circuit_breaker_is_tried_for_ever() -> None:
    scene = Scene(has_breaker=False)
    for _ in range(5):
        assert scene.step()["state"] == "IN_PROGRESS"
        scene.tasks[-1].fail()
    assert len(scene.tasks) == 5


def test_a_deployment_that_was_complete_is_tried_for_ever() -> None:
    scene = Scene()
    for _ in range(5):
        assert scene.step(state="COMPLETED")["state"] == "COMPLETED"
        scene.tasks[-1].fail()
    assert len(scene.tasks) == 5


def test_running_tasks_survive_a_failed_deployment_and_end_with_their_service() -> None:
    scene = Scene()
    scene.step()
    scene.tasks[0].stage = Stage.READY
    scene.service._rollouts["ecs-svc/1"]["state"] = "FAILED"
    scene.step()
    assert scene.tasks[0].stage is Stage.READY
    scene.step(status="DRAINING", desiredCount=0)
    assert "the service is deleted" in scene.tasks[0].stop_reason


def test_a_definition_that_cannot_be_run_counts_as_a_failed_task() -> None:
    scene = Scene()

    def refuse(_arn: str) -> TaskDefinition:
        raise InvalidDefinition("privileged is true")

    scene.service = Service(scene._make, refuse, {})
    assert [scene.step()["failedTasks"] for _ in range(2)] == [2, 3]
    assert scene.step()["state"] == "FAILED"
    assert not scene.tasks


def test_an_event_is_reported_once_and_kept_until_it_was_received() -> None:
    scene = Scene()
    scene.step()
    scene.tasks[0].describe = dict  # type: ignore[attr-defined]
    report = scene.service.report()
    assert report["events"] == ["(web) has started 1 tasks: (task task-0)."]
    assert scene.service.report()["events"] == []
    scene.service.keep(report)
    assert scene.service.report()["events"] == report["events"]


@pytest.fixture
def answering() -> Any:
    """Listening sockets that answer each connection with their name."""
    made: list[socket.socket] = []

    def listen(name: bytes) -> Target:
        listening = socket.create_server(("127.0.0.1", 0))
        made.append(listening)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(name)

        threading.Thread(target=serve, daemon=True).start()
        return Target(IPv4Address("127.0.0.1"), listening.getsockname()[1])

    yield listen
    for listening in made:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def test_a_listener_forwards_to_its_newest_targets(answering: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    old, new = answering(b"old"), answering(b"new")
    forwarder = Forwarder()
    doors = Doors(forwarder)

    def ask() -> bytes:
        with socket.create_connection(("127.0.0.1", port), 5) as door:
            return door.recv(10)

    def lead_to(target: Target) -> None:
        way = Doorway(lambda: [target], lambda family: socket.socket(family, socket.SOCK_STREAM), 60)
        doors.set({port: way})

    lead_to(old)
    assert ask() == b"old"
    lead_to(new)
    assert ask() == b"new"
    doors.set({})
    with pytest.raises(ConnectionRefusedError):
        ask()
    forwarder.close()
