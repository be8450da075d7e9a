"""ECS services and tasks as they run: ListTasks, DescribeTasks, and services that end with their last task.

`fargate_tasks` has them from the runner.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.responses import EC2ContainerServiceResponse

from emulator import ecs_deployments, fargate_tasks
from emulator.actions import Original, Parameters, surrounds


@surrounds(EC2ContainerServiceResponse, "describe_services")
def show_the_truth(call: Any, _parameters: Parameters, original: Original) -> Any:
    fargate_tasks.notice_silence(call.ecs_backend)
    return original()


@surrounds(EC2ContainerServiceResponse, "list_tasks")
def list_what_runs(call: Any, parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    fargate_tasks.notice_silence(backend)
    result = original()
    result._result["taskArns"] += [
        task["taskArn"] for task in fargate_tasks.of_all(backend) if _is_wanted(task, parameters)
    ]
    return result


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


@surrounds(EC2ContainerServiceResponse, "describe_tasks")
def describe_what_runs(call: Any, parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    fargate_tasks.notice_silence(backend)
    wanted = {one.split("/")[-1] for one in parameters["tasks"]}
    result = original()
    result._result["tasks"] += [
        task
        for task in fargate_tasks.of_all(backend)
        if task["taskArn"].split("/")[-1] in wanted and _is_in_cluster(task, parameters)
    ]
    return result


def _is_in_cluster(task: dict[str, Any], parameters: Parameters) -> bool:
    named = str(parameters.get("cluster", "default")).split("/")[-1]
    return named == str(task["clusterArn"]).split("/")[-1]


@surrounds(EC2ContainerServiceResponse, "delete_service")
def drain_first(call: Any, _parameters: Parameters, original: Original) -> Any:
    backend = call.ecs_backend
    fargate_tasks.notice_silence(backend)
    result = original()
    service = result._result["service"]
    service.desired_count = 0
    service.status = "DRAINING"
    for deployment in service.deployments:
        ecs_deployments.stop(backend, service, deployment, "The service was deleted.")
    fargate_tasks.count(backend, service)
    return result
