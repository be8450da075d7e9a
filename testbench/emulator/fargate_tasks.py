"""The tasks of the services as the task runner reports them, and what follows for services and deployments.

Without a runner, a service's tasks count as running as soon as the service is created. Once a runner has
reported, there are only the tasks that it reports; if its reports stop, the tasks are treated as stopped.
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

_EVENTS = 100  # AWS keeps the latest 100 events of a service


def of_service(backend: Any, service_arn: str) -> list[dict[str, Any]]:
    """The tasks in the form of DescribeTasks, including the stopped ones that the runner still reports."""
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
    """Forget the runner, which has stopped all its tasks."""
    table(backend, "fargate").clear()
    for service in backend.services.values():
        count(backend, service)


def notice_silence(backend: Any) -> None:
    """Treat all tasks as stopped if the runner's last report has expired.

    Call it before answering anything about tasks.
    """
    state = table(backend, "fargate")
    if time.monotonic() < state.get("deadline", float("inf")):
        return
    silent = [service for service in backend.services.values() if of_service(backend, service.arn)]
    state["tasks"] = {}
    for service in silent:
        _note(
            service, [f"({service.name}) the task runner has stopped reporting: its tasks count as stopped."]
        )
        count(backend, service)


def count(backend: Any, service: Any) -> None:
    """Count the service's tasks; end older deployments and a deleted service whose last task has stopped."""
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
    """Begin a deployment of the service as it is now.

    With a runner, the previous deployment stays until its tasks have stopped.
    """
    attached = is_attached(backend)
    for deployment in service.deployments:
        ecs_deployments.stop(backend, service, deployment, "A newer deployment has replaced it.")
        deployment["status"] = "ACTIVE"
    older = service.deployments if attached else []
    service.deployments = [ecs_deployments.begin(backend, service, has_run_at_once=not attached), *older]
    recount(backend, service)


def recount(backend: Any, service: Any) -> None:
    """Count the service's tasks after a change of its desired count."""
    if is_attached(backend):
        count(backend, service)
        return
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment.update(
            desiredCount=service.desired_count, runningCount=service.desired_count, pendingCount=0
        )


def is_attached(backend: Any) -> bool:
    """Whether a runner starts the tasks and reports them."""
    return "deadline" in table(backend, "fargate")


def _note(service: Any, messages: Iterable[str]) -> None:
    now = datetime.now(UTC)
    new = [{"id": str(uuid.uuid4()), "createdAt": now, "message": message} for message in messages]
    service.events = [*reversed(new), *service.events][:_EVENTS]


def _follow(backend: Any, service: Any, rollouts: dict[str, Rollout]) -> None:
    """Let the newest deployment succeed or fail as reported; older ones ended when it began."""
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
