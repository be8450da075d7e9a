"""What the task runner says of the tasks that it runs: `PUT /_emulator/fargate`, and how ECS shows it.

With no runner, a service's tasks count as running as soon as it is created. Once one reports, tasks exist
only as it reports them; and while it should report but does not, they count as gone, for nobody knows better.

A report is complete: it replaces the one before.

    {"account": "123456789012", "region": "us-west-2", "validSeconds": 15,
     "services": {SERVICE_ARN: {
         "tasks": [as DescribeTasks shows them, times in seconds since 1970],
         "rollouts": {DEPLOYMENT_ID: {"state": "IN_PROGRESS", "failedTasks": 0, "reason": ""}},
         "events": ["what happened since the last report"]}}}

`DELETE /_emulator/fargate?account=…&region=…` says that the runner has stopped all tasks and ends.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from moto.ecs.models import ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse

from emulator import ecs_deployments
from emulator.actions import Original, Parameters, surrounds, table
from emulator.http_server import Application

PATH = "/_emulator/fargate"
_EVENTS = 100  # as many as AWS keeps for a service
_TIMES = ("createdAt", "startedAt", "stoppedAt", "stoppingAt", "connectivityAt", "executionStoppedAt")
_PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")


def with_reports(application: Application) -> Application:
    """The application, which also takes the runner's reports."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return application(environ, start_response)
        if environ["REQUEST_METHOD"] == "DELETE":
            place = parse_qs(environ["QUERY_STRING"])
            _detach(ecs_backends[place["account"][0]][place["region"][0]])
        else:
            report = json.load(environ["wsgi.input"])
            _take(ecs_backends[report["account"]][report["region"]], report)
        start_response("204 No Content", [])
        return []

    return answer


def is_attached(backend: Any) -> bool:
    """Whether tasks exist only as a runner reports them."""
    return "deadline" in table(backend, "fargate")


def _take(backend: Any, report: dict[str, Any]) -> None:
    state = table(backend, "fargate")
    state["deadline"] = time.monotonic() + report["validSeconds"]
    state["tasks"] = {}
    for arn, said in report["services"].items():
        service = next((one for one in backend.services.values() if one.arn == arn), None)
        if service is not None:
            state["tasks"][arn] = [_task(one) for one in said["tasks"]]
            _note(service, said["events"])
            _settle(backend, service, said["rollouts"])


def _detach(backend: Any) -> None:
    state = table(backend, "fargate")
    state.clear()
    for service in backend.services.values():
        _settle(backend, service, {})


def _task(raw: dict[str, Any]) -> dict[str, Any]:
    times = {key: datetime.fromtimestamp(raw[key], UTC) for key in _TIMES if raw.get(key)}
    return {**raw, **times}


def _note(service: Any, messages: list[str]) -> None:
    now = datetime.now(UTC)
    new = [{"id": str(uuid.uuid4()), "createdAt": now, "message": message} for message in messages]
    service.events = [*reversed(new), *service.events][:_EVENTS]


def _settle(backend: Any, service: Any, rollouts: dict[str, Any]) -> None:
    """Counts, rollouts and the service's end follow from the tasks."""
    live = [one for one in _tasks(backend, service.arn) if one["lastStatus"] != "STOPPED"]
    for deployment in list(service.deployments):
        own = [one for one in live if one["startedBy"] == deployment["id"]]
        deployment["runningCount"] = sum(one["lastStatus"] == "RUNNING" for one in own)
        deployment["pendingCount"] = sum(one["lastStatus"] in _PENDING for one in own)
        deployment["desiredCount"] = service.desired_count if deployment["status"] == "PRIMARY" else 0
        if deployment["status"] != "PRIMARY" and not own:
            service.deployments.remove(deployment)
        elif deployment["id"] in rollouts:
            _follow(backend, service, deployment, rollouts[deployment["id"]])
    service.running_count = sum(one["runningCount"] for one in service.deployments)
    service.pending_count = sum(one["pendingCount"] for one in service.deployments)
    if service.status == "DRAINING" and not live:
        service.status = "INACTIVE"


def _follow(backend: Any, service: Any, deployment: dict[str, Any], rollout: dict[str, Any]) -> None:
    deployment["failedTasks"] = rollout["failedTasks"]
    if rollout["state"] == "COMPLETED" and deployment["rolloutState"] == "IN_PROGRESS":
        ecs_deployments.complete(backend, service, deployment)
    elif rollout["state"] == "FAILED" and deployment["rolloutState"] == "IN_PROGRESS":
        breaker = service.deployment_configuration["deploymentCircuitBreaker"]
        last_good = ecs_deployments.last_good_definition(backend, service)
        rolls_back = breaker["rollback"] and last_good not in (None, deployment["taskDefinition"])
        ecs_deployments.fail(backend, service, deployment, rollout["reason"], rolls_back)
        if rolls_back:
            _note(service, [f"({service.name}) rolling back to {last_good}."])
            service.task_definition = last_good
            redeploy(backend, service)


def redeploy(backend: Any, service: Any) -> None:
    """A new deployment of what the service says; with a runner, the one before goes when its tasks have."""
    attached = is_attached(backend)
    older = service.deployments if attached else []
    for deployment in older:
        deployment.update(status="ACTIVE", desiredCount=0)
    service.deployments = [ecs_deployments.begin(backend, service, has_run_at_once=not attached), *older]
    if not attached:
        service.running_count, service.pending_count = service.desired_count, 0


def recount(backend: Any, service: Any) -> None:
    """After a change of the desired count."""
    if is_attached(backend):
        _settle(backend, service, {})
        return
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment.update(
            desiredCount=service.desired_count, runningCount=service.desired_count, pendingCount=0
        )


def _tasks(backend: Any, service_arn: str) -> list[dict[str, Any]]:
    found = table(backend, "fargate").get("tasks", {}).get(service_arn, [])
    assert isinstance(found, list)
    return found


def _notice_silence(backend: Any) -> None:
    state = table(backend, "fargate")
    if time.monotonic() < state.get("deadline", float("inf")):
        return
    silent = [service for service in backend.services.values() if _tasks(backend, service.arn)]
    state["tasks"] = {}
    for service in silent:
        _note(service, [f"({service.name}) the task runner does not report: its tasks count as stopped."])
        _settle(backend, service, {})


@surrounds(EC2ContainerServiceResponse, "describe_services")
def show_the_truth(call: Any, _parameters: Parameters, original: Original) -> Any:
    _notice_silence(call.ecs_backend)
    return original()


@surrounds(EC2ContainerServiceResponse, "list_tasks")
def list_what_runs(call: Any, parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    _notice_silence(backend)
    result = original()
    result._result["taskArns"] += [
        task["taskArn"]
        for tasks in table(backend, "fargate").get("tasks", {}).values()
        for task in tasks
        if _is_wanted(task, parameters)
    ]
    return result


def _is_wanted(task: dict[str, Any], parameters: Parameters) -> bool:
    def is_named(key: str, actual: str) -> bool:
        return str(parameters.get(key, actual)).rpartition("/")[2] == actual.rpartition("/")[2]

    return (
        is_named("cluster", task["clusterArn"])
        and is_named("serviceName", task["group"].removeprefix("service:"))
        and is_named("family", task["taskDefinitionArn"].split("/")[-1].rpartition(":")[0])
        and parameters.get("startedBy", task["startedBy"]) == task["startedBy"]
        and parameters.get("desiredStatus", "RUNNING") == task["desiredStatus"]
    )


@surrounds(EC2ContainerServiceResponse, "describe_tasks")
def describe_what_runs(call: Any, parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    _notice_silence(backend)
    wanted = {one.split("/")[-1] for one in parameters["tasks"]}
    found = [
        task
        for tasks in table(backend, "fargate").get("tasks", {}).values()
        for task in tasks
        if task["taskArn"].split("/")[-1] in wanted
    ]
    result = original()
    result._result["tasks"] = [*result._result["tasks"], *found]
    return result


@surrounds(EC2ContainerServiceResponse, "delete_service")
def drain_first(call: Any, _parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    _notice_silence(backend)
    result = original()
    service = result._result["service"]
    service.desired_count = 0
    if any(one["lastStatus"] != "STOPPED" for one in _tasks(backend, service.arn)):
        service.status = "DRAINING"
    return result
