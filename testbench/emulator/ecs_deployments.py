"""A service's deployments, and how each ended: ListServiceDeployments."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from emulator.actions import Result, answers, table
from emulator.moto_adapter import Call, Parameters

# The fields that ListServiceDeployments shows of a deployment.
_BRIEF = (
    "serviceDeploymentArn",
    "serviceArn",
    "clusterArn",
    "createdAt",
    "startedAt",
    "finishedAt",
    "targetServiceRevisionArn",
    "status",
    "statusReason",
)


def begin(backend: Any, service: Any, has_run_at_once: bool) -> dict[str, Any]:
    """Make a new primary deployment of the service as it is now, and enter it in the service's history.

    `has_run_at_once`: without a runner, the deployment has its tasks immediately.
    """
    now = datetime.now(UTC)
    number = f"{secrets.randbelow(10**19):019d}"
    new = f"ecs-svc/{number}"
    deployment = {
        "createdAt": now,
        "updatedAt": now,
        "failedTasks": 0,
        "id": new,
        "desiredCount": service.desired_count,
        "runningCount": service.desired_count if has_run_at_once else 0,
        "pendingCount": 0,
        "launchType": service.launch_type,
        "networkConfiguration": service.network_configuration or None,
        "platformFamily": "Linux",
        "platformVersion": service.platform_version,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {new} in progress.",
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
    }
    prefix, _, name = service.arn.partition(":service/")
    _history(backend, service.arn).append(
        {
            "serviceDeploymentArn": f"{prefix}:service-deployment/{name}/{number}",
            "serviceArn": service.arn,
            "clusterArn": service.cluster_arn,
            "createdAt": now,
            "startedAt": now,
            "targetServiceRevisionArn": f"{prefix}:service-revision/{name}/{number}",
            "status": "IN_PROGRESS",
            "taskDefinition": service.task_definition,
        }
    )
    if has_run_at_once:
        complete(backend, service, deployment)
    return deployment


def complete(backend: Any, service: Any, deployment: dict[str, Any]) -> None:
    """Record that the deployment has all its tasks, and they are healthy."""
    reason = f"ECS deployment {deployment['id']} completed."
    _end(_entry(backend, service, deployment), deployment, ("COMPLETED", "SUCCESSFUL"), reason)


def fail(backend: Any, service: Any, deployment: dict[str, Any], reason: str, rolled_back: bool) -> None:
    """Record that the circuit breaker has stopped the deployment."""
    status = "ROLLBACK_SUCCESSFUL" if rolled_back else "STOPPED"
    _end(_entry(backend, service, deployment), deployment, ("FAILED", status), reason)


def stop(backend: Any, service: Any, deployment: dict[str, Any], reason: str) -> None:
    """Record that the deployment was stopped, if it was still in progress."""
    entry = _entry(backend, service, deployment)
    if entry["status"] == "IN_PROGRESS":
        entry.update(status="STOPPED", statusReason=reason, finishedAt=datetime.now(UTC))


def forget(backend: Any, service: Any) -> None:
    """Clear the history of an earlier service with the same name."""
    _history(backend, service.arn).clear()


def last_good_definition(backend: Any, service: Any) -> str | None:
    """The task definition of the newest deployment that succeeded."""
    good = [one for one in _history(backend, service.arn) if one["status"] == "SUCCESSFUL"]
    return good[-1]["taskDefinition"] if good else None


def _end(entry: dict[str, Any], deployment: dict[str, Any], states: tuple[str, str], reason: str) -> None:
    """`states` are the final states of the deployment and of its entry in the history."""
    now = datetime.now(UTC)
    deployment.update(rolloutState=states[0], rolloutStateReason=reason, updatedAt=now)
    entry.update(status=states[1], statusReason=reason, finishedAt=now)


def _entry(backend: Any, service: Any, deployment: dict[str, Any]) -> dict[str, Any]:
    number = deployment["id"].partition("/")[2]
    history = _history(backend, service.arn)
    return next(one for one in history if one["serviceDeploymentArn"].endswith(f"/{number}"))


def _history(backend: Any, service_arn: str) -> list[dict[str, Any]]:
    history = table(backend, "service_deployments").setdefault(service_arn, [])
    assert isinstance(history, list)
    return history


@answers("ecs")
def list_service_deployments(call: Call, parameters: Parameters) -> Result:
    wanted = parameters.get("status") or []
    name = parameters["service"].split("/")[-1]
    found = [
        {key: one[key] for key in _BRIEF if key in one}
        for arn, history in table(call.backend, "service_deployments").items()
        if arn.split("/")[-1] == name and _in_cluster(arn, parameters.get("cluster"))
        for one in reversed(history)
        if not wanted or one["status"] in wanted
    ]
    return {"serviceDeployments": found}


def _in_cluster(service_arn: str, cluster: str | None) -> bool:
    return service_arn.split("/")[-2] == (cluster or "default").split("/")[-1]
