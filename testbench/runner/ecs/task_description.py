"""A task as DescribeTasks shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.ecs.health import Health
from runner.ecs.order import Order
from runner.place import Connection

# Names that need explaining, because ECS's own are stop codes (API_Task.html, `stopCode`).
FAILED_TO_START = "TaskFailedToStart"
CONTAINER_EXITED = "EssentialContainerExited"
BY_SCHEDULER = "ServiceSchedulerInitiated"


def describe(
    arn: str, order: Order, said: Mapping[str, Any], health: Health, connection: Connection | None
) -> dict[str, Any]:
    """`said` is what the task has said of itself, in DescribeTasks' words; times are seconds since 1970."""
    definition = order.definition
    container = {
        "name": definition.container.name,
        "image": definition.container.image,
        "imageDigest": definition.container.image.partition("@")[2],
        "taskArn": arn,
        "lastStatus": _container_status(said["lastStatus"]),
        "healthStatus": health.value,
        **({"exitCode": said["exitCode"]} if said.get("exitCode") is not None else {}),
        **({"reason": said["stoppedReason"]} if said.get("stopCode") == FAILED_TO_START else {}),
    }
    own = ("createdAt", "startedAt", "stoppingAt", "stoppedAt", "stopCode", "stoppedReason")
    return {
        "taskArn": arn,
        "clusterArn": order.cluster_arn,
        "taskDefinitionArn": definition.arn,
        "group": f"service:{order.service}",
        "startedBy": order.deployment,
        "launchType": "FARGATE",
        "cpu": definition.cpu,
        "memory": definition.memory,
        "lastStatus": said["lastStatus"],
        "desiredStatus": said.get("desiredStatus", "RUNNING"),
        "healthStatus": health.value,
        "containers": [container],
        "attachments": _attachments(connection, is_gone=said["lastStatus"] == "STOPPED"),
        **{key: said[key] for key in own if key in said},
    }


def _attachments(connection: Connection | None, is_gone: bool) -> list[dict[str, Any]]:
    if connection is None or connection.namespace is None:
        return []
    details = {
        "subnetId": connection.subnet,
        "networkInterfaceId": connection.interface,
        "privateIPv4Address": str(connection.address),
    }
    return [
        {
            "id": connection.interface,
            "type": "ElasticNetworkInterface",
            "status": "DELETED" if is_gone else "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
    ]


def _container_status(task_status: str) -> str:
    if task_status in ("RUNNING", "DEACTIVATING", "STOPPING"):
        return "RUNNING"
    return "STOPPED" if task_status in ("DEPROVISIONING", "STOPPED") else "PENDING"
