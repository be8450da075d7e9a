"""One service: keeps as many of its tasks running as it says, follows its deployments, and reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from runner.ecs import rollout
from runner.ecs.definition import InvalidDefinition, TaskDefinition
from runner.ecs.order import Order
from runner.ecs.registration import Registration
from runner.ecs.rollout import Wanted
from runner.ecs.task import Task

_REMEMBERED = 10  # stopped tasks that are still shown

Make = Callable[[Order], Task]
Define = Callable[[str], TaskDefinition]


class Service:
    """Schedules the tasks of one ECS service. `step` starts and stops what is due now. Not thread-safe."""

    def __init__(self, make: Make, define: Define, overrides: Mapping[str, Mapping[str, str]]) -> None:
        """`make` makes a task, `define` reads a task definition; `overrides` holds variables by container."""
        self._make, self._define, self._overrides = make, define, overrides
        self._tasks: list[Task] = []
        self._counted: set[str] = set()
        self._failures: dict[str, int] = {}
        self._rollouts: dict[str, dict[str, Any]] = {}
        self._events: list[str] = []
        self._not_before = 0.0
        self._desired = 0
        self._has_breaker = False

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self._tasks)

    def step(self, raw: Mapping[str, Any]) -> None:
        """`raw` is DescribeServices' entry."""
        primary = next((one for one in raw["deployments"] if one["status"] == "PRIMARY"), None)
        if primary is None:
            return
        self._desired = raw["desiredCount"]
        self._has_breaker = raw["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"]
        # A deployment that was complete before this runner began is not new, so failures do not roll it back.
        self._rollout(primary["id"], primary["rolloutState"])
        self._count_failures(raw["serviceName"], primary)
        breaker_tripped = self._rollout(primary["id"])["state"] == "FAILED"
        wanted = _wanted(raw, primary)
        live = [task.running() for task in self._tasks if not task.is_stopped]
        step = rollout.next_step(wanted, live)
        if breaker_tripped and wanted.desired:
            step = rollout.Step(0, ())  # tasks that still run are left alone
        for task in self._tasks:
            if task.id in step.stop:
                task.stop(_why(task, primary["id"], raw))
        if step.start and time.monotonic() >= self._not_before:
            for _ in range(step.start):
                self._start(raw, primary)
        if wanted.desired and rollout.is_complete(wanted, live) and not breaker_tripped:
            self._complete(raw["serviceName"], primary["id"])

    def stop(self, reason: str) -> None:
        """Every task; returns at once."""
        for task in self._tasks:
            task.stop(reason)

    def report(self) -> dict[str, Any]:
        """For the emulator; the events are handed over, so `keep` them when it did not get them."""
        events, self._events = self._events, []
        return {
            "tasks": [task.describe() for task in self._tasks],
            "rollouts": self._rollouts,
            "events": events,
        }

    def keep(self, report: Mapping[str, Any]) -> None:
        """Tell this report's events again next time."""
        self._events = [*report["events"], *self._events]

    def _start(self, raw: Mapping[str, Any], primary: Mapping[str, Any]) -> None:
        network = raw["networkConfiguration"]["awsvpcConfiguration"]
        try:
            definition = self._define(primary["taskDefinition"])
        except InvalidDefinition as error:
            self._fail(raw["serviceName"], primary["id"], str(error))
            return
        order = Order(
            service=raw["serviceName"],
            cluster_arn=raw["clusterArn"],
            deployment=primary["id"],
            definition=definition,
            subnets=tuple(network["subnets"]),
            groups=tuple(network.get("securityGroups") or []),
            registration=Registration.of(raw),
            overrides=self._overrides.get(definition.container.name, {}),
        )
        task = self._make(order)
        stopped = [one for one in self._tasks if one.is_stopped][-_REMEMBERED:]
        self._tasks = [*stopped, *(one for one in self._tasks if not one.is_stopped), task]
        self._events.append(f"({raw['serviceName']}) has started 1 tasks: (task {task.id}).")
        task.start()

    def _count_failures(self, name: str, primary: Mapping[str, Any]) -> None:
        for task in self._tasks:
            if not task.is_stopped or task.id in self._counted:
                continue
            self._counted.add(task.id)
            self._events.append(f"({name}) (task {task.id}) stopped: {task.stopped_reason}")
            if task.order.deployment == primary["id"] and task.has_failed:
                self._fail(name, primary["id"], task.stopped_reason)

    def _fail(self, name: str, deployment: str, reason: str) -> None:
        failures = self._failures[deployment] = self._failures.get(deployment, 0) + 1
        self._not_before = time.monotonic() + rollout.wait_after(failures)
        current = self._rollout(deployment)
        current["failedTasks"] = failures
        trips = self._has_breaker and rollout.breaks_circuit(self._desired, failures)
        if current["state"] == "IN_PROGRESS" and trips:
            current.update(
                state="FAILED",
                reason=f"ECS deployment circuit breaker: tasks failed to start. The last said: {reason}",
            )
            self._events.append(
                f"({name}) (deployment {deployment}) deployment failed: tasks failed to start."
            )

    def _complete(self, name: str, deployment: str) -> None:
        current = self._rollout(deployment)
        if current["state"] == "IN_PROGRESS":
            current.update(state="COMPLETED", failedTasks=0)
            self._failures.pop(deployment, None)
            self._events.append(f"({name}) has reached a steady state.")

    def _rollout(self, deployment: str, state: str = "IN_PROGRESS") -> dict[str, Any]:
        return self._rollouts.setdefault(deployment, {"state": state, "failedTasks": 0, "reason": ""})


def _wanted(raw: Mapping[str, Any], primary: Mapping[str, Any]) -> Wanted:
    is_active = raw["status"] == "ACTIVE"
    configuration = raw["deploymentConfiguration"]
    return Wanted(
        primary["id"],
        raw["desiredCount"] if is_active else 0,
        configuration["minimumHealthyPercent"],
        configuration["maximumPercent"],
    )


def _why(task: Task, deployment: str, raw: Mapping[str, Any]) -> str:
    if task.order.deployment != deployment:
        return f"Scaling activity initiated by (deployment {deployment})"
    return "Scaling activity: the service is deleted" if raw["status"] != "ACTIVE" else "Scaling activity"
