"""The services' tasks: those that the runner reports, and what follows from them.

With no runner, a service's tasks count as running as soon as it is created. Once one reports, tasks exist
only as it reports them; and while it should report but does not, they count as gone, for nobody knows better.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from emulator import ecs_deployments
from emulator.actions import table
from emulator.fargate_report import PENDING, Report, Rollout, ServiceReport

_EVENTS = 100  # as many as AWS keeps for a service


def of_service(backend: Any, service_arn: str) -> list[dict[str, Any]]:
    """As DescribeTasks shows them, the stopped ones that are still remembered included."""
    return list(table(backend, "fargate").get("tasks", {}).get(service_arn, []))


def of_all(backend: Any) -> list[dict[str, Any]]:
    return [task for tasks in table(backend, "fargate").get("tasks", {}).values() for task in tasks]


def take(backend: Any, report: Report) -> None:
    state = table(backend, "fargate")
    state["deadline"] = time.monotonic() + report.valid_seconds
    services = list(backend.services.values())
    said = {service.arn: report.services.get(service.arn, ServiceReport()) for service in services}
    state["tasks"] = {arn: one.tasks for arn, one in said.items()}
    for service in services:
        one = said[service.arn]
        _note(service, one.events)
        _follow(backend, service, one.rollouts)
        count(backend, service)


def detach(backend: Any) -> None:
    """The runner has ended, and its tasks with it."""
    table(backend, "fargate").clear()
    for service in backend.services.values():
        count(backend, service)


def notice_silence(backend: Any) -> None:
    """To be called before anything about tasks is told."""
    state = table(backend, "fargate")
    if time.monotonic() < state.get("deadline", float("inf")):
        return
    silent = [service for service in backend.services.values() if of_service(backend, service.arn)]
    state["tasks"] = {}
    for service in silent:
        _note(service, [f"({service.name}) the task runner does not report: its tasks count as stopped."])
        count(backend, service)


def count(backend: Any, service: Any) -> None:
    """The service's counts, and its own end and its older deployments', follow from its tasks."""
    live = [one for one in of_service(backend, service.arn) if one["lastStatus"] != "STOPPED"]
    for deployment in list(service.deployments):
        own = [one for one in live if one["startedBy"] == deployment["id"]]
        is_primary = deployment["status"] == "PRIMARY"
        if not is_primary and not own:
            service.deployments.remove(deployment)
        deployment["runningCount"] = sum(one["lastStatus"] == "RUNNING" for one in own)
        deployment["pendingCount"] = sum(one["lastStatus"] in PENDING for one in own)
        deployment["desiredCount"] = service.desired_count if is_primary else 0
    service.running_count = sum(one["runningCount"] for one in service.deployments)
    service.pending_count = sum(one["pendingCount"] for one in service.deployments)
    if service.status == "DRAINING" and not live:
        service.status = "INACTIVE"


def redeploy(backend: Any, service: Any) -> None:
    """A new deployment of what the service says; with a runner, the one before goes when its tasks have."""
    attached = is_attached(backend)
    for deployment in service.deployments:
        ecs_deployments.stop(backend, service, deployment, "A newer deployment has replaced it.")
        deployment["status"] = "ACTIVE"
    older = service.deployments if attached else []
    service.deployments = [ecs_deployments.begin(backend, service, has_run_at_once=not attached), *older]
    recount(backend, service)


def recount(backend: Any, service: Any) -> None:
    """After a change of the desired count."""
    if is_attached(backend):
        count(backend, service)
        return
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment.update(
            desiredCount=service.desired_count, runningCount=service.desired_count, pendingCount=0
        )


def is_attached(backend: Any) -> bool:
    """Whether a runner starts the tasks and says what becomes of them."""
    return "deadline" in table(backend, "fargate")


def _note(service: Any, messages: Iterable[str]) -> None:
    now = datetime.now(UTC)
    new = [{"id": str(uuid.uuid4()), "createdAt": now, "message": message} for message in messages]
    service.events = [*reversed(new), *service.events][:_EVENTS]


def _follow(backend: Any, service: Any, rollouts: dict[str, Rollout]) -> None:
    """Only the newest deployment can still end: the others ended when it began."""
    deployment = next((one for one in service.deployments if one["status"] == "PRIMARY"), None)
    if deployment is None or deployment["id"] not in rollouts:
        return
    rollout = rollouts[deployment["id"]]
    deployment["failedTasks"] = rollout.failed_tasks
    if deployment["rolloutState"] != "IN_PROGRESS":
        return
    if rollout.state == "COMPLETED":
        ecs_deployments.complete(backend, service, deployment)
    elif rollout.state == "FAILED":
        _fail(backend, service, deployment, rollout.reason)


def _fail(backend: Any, service: Any, deployment: dict[str, Any], reason: str) -> None:
    breaker = service.deployment_configuration["deploymentCircuitBreaker"]
    last_good = ecs_deployments.last_good_definition(backend, service)
    rolls_back = (
        breaker["enable"] and breaker["rollback"] and last_good not in (None, deployment["taskDefinition"])
    )
    ecs_deployments.fail(backend, service, deployment, reason, rolls_back)
    if rolls_back:
        _note(service, [f"({service.name}) rolling back to {last_good}."])
        service.task_definition = last_good
        redeploy(backend, service)
