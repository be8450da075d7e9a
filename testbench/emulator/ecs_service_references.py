"""ECS services: the subnets, secrets, log groups and so on that a service names must exist and fit.

AWS accepts a service whose secret, log group or repository is missing, and the deployment fails when a task
starts. The task runner does the same. When no runner is attached, no task starts, so these requests are
refused at once, with the reason that the task on AWS would show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from emulator import fargate_tasks, moto_adapter
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

# ECS guide, "Fargate platform versions": those of Linux that still exist.
_PLATFORM_VERSIONS = {"LATEST", "1.4.0", "1.3.0"}
# ECS API reference, AwsVpcConfiguration.
_MOST_SUBNETS, _MOST_GROUPS = 16, 5


def _refuse(message: str) -> NoReturn:
    refuse("InvalidParameterException", message)


@checks("ecs", "create_service", "update_service")
def numbers_must_be_valid(_call: Call, parameters: Parameters) -> None:
    if parameters.get("desiredCount", 0) < 0:
        _refuse("desiredCount must not be negative.")
    if parameters.get("healthCheckGracePeriodSeconds", 0) not in range(2**31):
        _refuse("healthCheckGracePeriodSeconds must be from 0 to 2147483647.")
    version = parameters.get("platformVersion", "LATEST")
    if version not in _PLATFORM_VERSIONS:
        refuse("PlatformUnknownException", f"The platform version {version} does not exist.")
    rates = parameters.get("deploymentConfiguration", {})
    most, least = rates.get("maximumPercent", 200), rates.get("minimumHealthyPercent", 100)
    if most == least == 100:
        _refuse("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")
    if not 0 <= least <= most or most < 100:
        _refuse(f"With minimumHealthyPercent {least} and maximumPercent {most} no deployment is possible.")


@checks("ecs", "create_service", "update_service")
def network_must_exist(call: Call, parameters: Parameters) -> None:
    network = parameters.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network is None:
        _must_need_no_network(call, parameters)
        return
    subnets, groups = network["subnets"], network.get("securityGroups", [])
    if not 1 <= len(subnets) <= _MOST_SUBNETS or len(groups) > _MOST_GROUPS:
        _refuse(f"A service has 1 to {_MOST_SUBNETS} subnets and at most {_MOST_GROUPS} security groups.")
    vpcs = {vpc_id for _, vpc_id in _placed(call, subnets, groups)}
    if len(vpcs) > 1:
        _refuse("All subnets and security groups must belong to the same VPC.")


def _must_need_no_network(call: Call, parameters: Parameters) -> None:
    if "serviceName" not in parameters or "taskDefinition" not in parameters:
        return
    if _definition(call, parameters).network_mode == "awsvpc":
        _refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.")


def _placed(call: Call, subnets: list[str], groups: list[str]) -> Iterator[tuple[str, str | None]]:
    """Each subnet and security group with its VPC."""
    backend = call.backend_of("ec2")
    known = {subnet.id: subnet for subnet in backend.describe_subnets()}
    for subnet_id in subnets:
        if subnet_id not in known:
            _refuse(f"Error retrieving subnet information for [{subnet_id}]: it does not exist.")
        yield subnet_id, known[subnet_id].vpc_id
    for group_id in groups:
        group = backend.get_security_group_from_id(group_id)
        if group is None:
            _refuse(f"Error retrieving security group information for [{group_id}]: it does not exist.")
        yield group_id, group.vpc_id


def _definition(call: Call, parameters: Parameters) -> Any:
    return call.backend.describe_task_definition(parameters["taskDefinition"])


@checks("ecs", "create_service", "update_service")
def targets_must_be_addresses_of_the_network(call: Call, parameters: Parameters) -> None:
    balancers = call.backend_of("elbv2")
    network = parameters.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network is None:
        return
    vpcs = {vpc_id for _, vpc_id in _placed(call, network["subnets"], [])}
    for target in parameters.get("loadBalancers", []):
        group = balancers.target_groups.get(target.get("targetGroupArn"))
        if group is not None and group.target_type != "ip":
            _refuse(
                f"The provided target group {group.arn} has target type {group.target_type}, "
                "which is incompatible with the awsvpc network mode."
            )
        if group is not None and group.vpc_id not in vpcs:
            _refuse(f"The target group {group.arn} is of another VPC.")


@checks("ecs", "create_service", "update_service")
def registries_must_exist(call: Call, parameters: Parameters) -> None:
    registries = parameters.get("serviceRegistries", [])
    if len(registries) > 1:
        _refuse("A service can have one service registry only.")
    known = {service.arn: service for service in call.backend_of("servicediscovery").services.values()}
    for registry in registries:
        service = known.get(registry.get("registryArn"))
        if service is None:
            _refuse(f"Service Registry {registry.get('registryArn')} does not exist.")
        types = [record["Type"] for record in (service.dns_config or {}).get("DnsRecords", [])]
        if "SRV" in types and not (registry.get("port") or registry.get("containerPort")):
            _refuse("A service registry with SRV records needs a port.")
        # ECS API reference, ServiceRegistry: the port is for services with an SRV record.
        if "SRV" not in types and registry.get("port"):
            _refuse("A service registry without SRV records has no port.")


# --- what the tasks need in order to start


@checks("ecs", "create_service", "update_service")
def tasks_must_be_able_to_start(call: Call, parameters: Parameters) -> None:
    if "taskDefinition" not in parameters or fargate_tasks.is_attached(call.backend):
        return
    for container in _definition(call, parameters).container_definitions:
        _repository_must_exist(call, container["image"])
        _log_group_must_exist(call, container.get("logConfiguration", {}))
        for secret in container.get("secrets", []):
            _secret_must_exist(call, secret["valueFrom"])


def _cannot_start(reason: str) -> NoReturn:
    _refuse(f"The service's tasks could not start: {reason}")


def _repository_must_exist(call: Call, image: str) -> None:
    host, _, rest = image.partition("/")
    if host != f"{call.account}.dkr.ecr.{call.region}.amazonaws.com":
        return
    name = rest.partition("@")[0].partition(":")[0]
    if name not in call.backend_of("ecr").repositories:
        _cannot_start(f"CannotPullContainerError: the repository with name '{name}' does not exist.")


def _log_group_must_exist(call: Call, logging: dict[str, Any]) -> None:
    options = logging.get("options", {})
    if logging.get("logDriver") != "awslogs" or options.get("awslogs-create-group") == "true":
        return
    region, group = str(options.get("awslogs-region")), options.get("awslogs-group")
    is_region = moto_adapter.has_region("logs", call.account, region)
    if not is_region or group not in moto_adapter.backend("logs", call.account, region).groups:
        _cannot_start(
            "ResourceInitializationError: failed to validate logger args: the specified log group "
            f"{group} does not exist in {region}."
        )


def _secret_must_exist(call: Call, reference: str) -> None:
    if ":secretsmanager:" not in reference:
        return
    # arn, aws, service, region, account, secret, name, and then JSON key, version stage, version id.
    arn, wanted = ":".join(reference.split(":")[:7]), [*reference.split(":")[7:], "", "", ""]
    backend = call.backend_of("secretsmanager")
    secret = next((one for one in backend.secrets.values() if getattr(one, "arn", None) == arn), None)
    if secret is None or secret.is_deleted():
        _cannot_start(f"ResourceInitializationError: ResourceNotFoundException: no secret {arn}.")
    version = _version(secret, wanted[1], wanted[2])
    if version is None:
        _cannot_start(f"ResourceInitializationError: the secret {arn} has no such version: {reference}.")
    elif wanted[0] and wanted[0] not in _fields(version):
        _cannot_start(f"ResourceInitializationError: the secret {arn} has no JSON key '{wanted[0]}'.")


def _version(secret: Any, stage: str, version_id: str) -> dict[str, Any] | None:
    versions: list[dict[str, Any]] = list(secret.versions.values())
    if version_id:
        return next((one for one in versions if one["version_id"] == version_id), None)
    return next((one for one in versions if (stage or "AWSCURRENT") in one["version_stages"]), None)


def _fields(version: dict[str, Any]) -> dict[str, Any]:
    try:
        content = json.loads(version.get("secret_string") or "")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
