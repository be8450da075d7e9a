"""ECS tasks as the runner reports them: ListTasks, DescribeTasks, and services that end with their last task.

`fargate_tasks` keeps what the runner reported.
"""

from __future__ import annotations

from typing import Any

from emulator import ecs_deployments, fargate_tasks
from emulator.actions import Original, surrounds
from emulator.moto_adapter import Answer, Call, Parameters


@surrounds("ecs", "describe_services")
def count_tasks_before_describing(call: Call, _parameters: Parameters, original: Original) -> Answer:
    fargate_tasks.notice_silence(call.backend)
    return original()


@surrounds("ecs", "list_tasks")
def list_what_runs(call: Call, parameters: Parameters, original: Original) -> Answer:
    backend = call.backend
    fargate_tasks.notice_silence(backend)
    answer = original()
    answer.members["taskArns"] += [
        task["taskArn"] for task in fargate_tasks.of_all(backend) if _is_wanted(task, parameters)
    ]
    return answer


def _is_wanted(task: dict[str, Any], parameters: Parameters) -> bool:
    family = task["taskDefinitionArn"].split("/")[-1].rpartition(":")[0]
    service = task["group"].removeprefix("service:")
    return (
        _is_in_cluster(task, parameters)
        and parameters.get("serviceName", service).split("/")[-1] == service
        and parameters.get("family", family) == family
        and parameters.get("startedBy", task["startedBy"]) == task["startedBy"]
        and parameters.get("desiredStatus", "RUNNING") == task["desiredStatus"]
    )


@surrounds("ecs", "describe_tasks")
def describe_what_runs(call: Call, parameters: Parameters, original: Original) -> Answer:
    backend = call.backend
    fargate_tasks.notice_silence(backend)
    wanted = {one.split("/")[-1] for one in parameters["tasks"]}
    answer = original()
    answer.members["tasks"] += [
        task
        for task in fargate_tasks.of_all(backend)
        if task["taskArn"].split("/")[-1] in wanted and _is_in_cluster(task, parameters)
    ]
    return answer


def _is_in_cluster(task: dict[str, Any], parameters: Parameters) -> bool:
    named = str(parameters.get("cluster", "default")).split("/")[-1]
    return named == str(task["clusterArn"]).split("/")[-1]


@surrounds("ecs", "delete_service")
def drain_first(call: Call, _parameters: Parameters, original: Original) -> Answer:
    backend = call.backend
    fargate_tasks.notice_silence(backend)
    answer = original()
    service = answer.members["service"]
    service.desired_count = 0
    service.status = "DRAINING"
    for deployment in service.deployments:
        ecs_deployments.stop(backend, service, deployment, "The service was deleted.")
    fargate_tasks.count(backend, service)
    return answer
