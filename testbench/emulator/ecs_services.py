"""ECS services: the fields that moto drops, a deployment for each update, and what AWS refuses.

No container runs in the emulator: `fargate_tasks` says where the tasks of a service come from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from botocore import xform_name

from emulator import ecs_deployments, fargate_tasks
from emulator.actions import Original, checks, corrects, refuse, surrounds
from emulator.moto_adapter import Answer, Call, Parameters

# Fields of CreateService and UpdateService that moto's model does not keep.
_KEPT = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "serviceRegistries",
    "volumeConfigurations",
)
_DEPLOYMENT_DEFAULTS = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}
# A change of one of these starts a deployment with new tasks.
_REDEPLOYING = (
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
)


def _refuse(message: str) -> NoReturn:
    refuse("InvalidParameterException", message)


@checks("ecs", "create_service")
def service_must_be_new(call: Call, parameters: Parameters) -> None:
    existing = _existing(call, parameters, "serviceName")
    if existing is not None and existing.status == "ACTIVE":
        _refuse("Creation of service was not idempotent.")
    if existing is not None and existing.status == "DRAINING":
        _refuse("Unable to Start a service that is still Draining.")


def _existing(call: Call, parameters: Parameters, key: str) -> Any:
    """The service that `key` names, or None."""
    cluster, name = parameters.get("cluster", "default"), parameters[key]
    return call.backend.services.get(f"{cluster.split('/')[-1]}:{name.split('/')[-1]}")


@checks("ecs", "create_service", "update_service")
def load_balancers_must_be_ready(call: Call, parameters: Parameters) -> None:
    balancers = call.backend_of("elbv2")
    for target in parameters.get("loadBalancers", []):
        arn = target.get("targetGroupArn")
        group = balancers.target_groups.get(arn)
        if group is None:
            _refuse(f"Unable to find target group: {arn}")
        if not group.load_balancer_arns:
            _refuse(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        if "taskDefinition" in parameters:
            definition = call.backend.describe_task_definition(parameters["taskDefinition"])
            _must_map_port(definition, target["containerName"], target["containerPort"])
    is_new_and_unbalanced = "serviceName" in parameters and not parameters.get("loadBalancers")
    if is_new_and_unbalanced and parameters.get("healthCheckGracePeriodSeconds"):
        _refuse("Health check grace period is only valid with load balancers.")


def _must_map_port(definition: Any, name: str, port: int) -> None:
    for container in definition.container_definitions:
        if container["name"] == name:
            mapped = [mapping["containerPort"] for mapping in container.get("portMappings", [])]
            if port not in mapped:
                _refuse(f"The container {name} did not have a container port {port}.")
            return
    _refuse(f"The container {name} does not exist in the task definition.")


@checks("ecs", "delete_cluster")
def cluster_must_be_empty(call: Call, parameters: Parameters) -> None:
    name = parameters["cluster"].split("/")[-1]
    states = [one.status for one in call.backend.services.values() if one.cluster_name == name]
    if "ACTIVE" in states:
        refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if "DRAINING" in states:
        refuse("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")


@checks("ecs", "create_service", "update_service")
def rebalancing_needs_room(_call: Call, parameters: Parameters) -> None:
    configuration = parameters.get("deploymentConfiguration", {})
    if (
        parameters.get("availabilityZoneRebalancing") == "ENABLED"
        and configuration.get("maximumPercent", _DEPLOYMENT_DEFAULTS["maximumPercent"]) <= 100
    ):
        _refuse("Availability Zone rebalancing needs a maximumPercent above 100.")


@corrects("ecs", "list_services")
def list_no_service_that_has_ended(call: Call, _parameters: Parameters, answer: Answer) -> None:
    ended = {one.arn for one in call.backend.services.values() if one.status == "INACTIVE"}
    answer.members["serviceArns"] = [arn for arn in answer.members["serviceArns"] if arn not in ended]


@corrects("ecs", "create_service")
def complete_new_service(call: Call, parameters: Parameters, answer: Answer) -> None:
    service: Any = answer.members["service"]
    service.availability_zone_rebalancing = "DISABLED"
    service.deployment_configuration = _DEPLOYMENT_DEFAULTS
    service.created_at = datetime.now(UTC)
    service.created_by = f"arn:aws:iam::{call.account}:root"
    service.platform_family = "Linux" if service.launch_type == "FARGATE" else None
    _keep(service, parameters)
    service.deployments = []
    ecs_deployments.forget(call.backend, service)
    fargate_tasks.redeploy(call.backend, service)


@surrounds("ecs", "update_service")
def complete_updated_service(call: Call, parameters: Parameters, original: Original) -> Answer:
    before = _existing(call, parameters, "service")
    deployments = [dict(one) for one in before.deployments] if before is not None else []
    answer = original()
    service: Any = answer.members["service"]
    service.deployments = deployments  # moto gives the previous one a new id, but tasks refer to the old id
    _keep(service, parameters)
    if parameters.get("forceNewDeployment") or any(key in parameters for key in _REDEPLOYING):
        fargate_tasks.redeploy(call.backend, service)
    else:
        fargate_tasks.recount(call.backend, service)
    return answer


def _keep(service: Any, parameters: Parameters) -> None:
    for key in _KEPT:
        if key not in parameters:
            continue
        value = parameters[key]
        if key == "deploymentConfiguration":
            value = {**service.deployment_configuration, **value}
        setattr(service, xform_name(key), value)
