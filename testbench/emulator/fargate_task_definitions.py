"""ECS task definitions for Fargate that AWS refuses and moto accepts.

Where no other source is named, the rule is in the ECS API reference at the parameter (botocore has the text)
or in the ECS guide, "Fargate task definition differences".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn

from emulator import principals
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

# CPU units → allowed memory, MiB.
SIZES: dict[int, list[int]] = {
    256: [512, 1024, 2048],
    512: list(range(1024, 4096 + 1, 1024)),
    1024: list(range(2048, 8192 + 1, 1024)),
    2048: list(range(4096, 16384 + 1, 1024)),
    4096: list(range(8192, 30720 + 1, 1024)),
    8192: list(range(16384, 61440 + 1, 4096)),
    16384: list(range(32768, 122880 + 1, 8192)),
}
EPHEMERAL_GIB = range(21, 200 + 1)
# ECS API reference, ContainerDefinition, memory: the least that the oldest Docker daemon accepts, in MiB.
_LEAST_MEMORY = 4
ADDABLE_CAPABILITIES = {"SYS_PTRACE"}
_MAX_STOP_TIMEOUT = 120
_PORTS = range(1, 65535 + 1)
# ECS guide, "Send Amazon ECS logs to CloudWatch": options of the awslogs driver.
_AWSLOGS_OPTIONS = {
    "awslogs-create-group",
    "awslogs-region",
    "awslogs-group",
    "awslogs-stream-prefix",
    "awslogs-datetime-format",
    "awslogs-multiline-pattern",
    "mode",
    "max-buffer-size",
}
_FARGATE_LOG_DRIVERS = {"awslogs", "splunk", "awsfirelens"}
_BUFFER_SIZE = re.compile(r"\d+[kmg]?", re.IGNORECASE)
# Parameters of a container that the guide lists as not available on Fargate or in the awsvpc network mode.
_UNSUPPORTED = (
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerSecurityOptions",
    "extraHosts",
    "hostname",
    "links",
)
_UNSUPPORTED_LINUX = ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")


@checks("ecs", "register_task_definition")
def fargate_must_accept(call: Call, parameters: Parameters) -> None:
    if "FARGATE" not in parameters.get("requiresCompatibilities", []):
        return
    containers = parameters["containerDefinitions"]
    _check_size(parameters, containers)
    _check_task(parameters)
    _check_roles(call, parameters, containers)
    if not any(container.get("essential", True) for container in containers):
        _refuse("At least one container must be essential.")
    _must_differ("container name", (container.get("name") for container in containers))
    for container in containers:
        _check_container(container, parameters)
    ports = [mapping for container in containers for mapping in container.get("portMappings", [])]
    _must_differ("port", ((one.get("containerPort"), one.get("protocol", "tcp")) for one in ports))


def _refuse(message: str) -> NoReturn:
    refuse("ClientException", message)


def _must_differ(noun: str, values: Iterable[Any]) -> None:
    listed = list(values)
    twice = sorted({str(one) for one in listed if listed.count(one) > 1})
    if twice:
        _refuse(f"Each {noun} must be unique in the task definition: {', '.join(twice)} is not.")


def _number(parameters: Parameters, key: str) -> int:
    text = str(parameters.get(key, ""))
    return int(text) if text.isdecimal() else 0


# --- the task


def _check_size(parameters: Parameters, containers: list[dict[str, Any]]) -> None:
    cpu, memory = _number(parameters, "cpu"), _number(parameters, "memory")
    if memory not in SIZES.get(cpu, []):
        _refuse("No Fargate configuration exists for given values.")
    if sum(container.get("cpu", 0) for container in containers) > cpu:
        _refuse("The containers' 'cpu' is more than the task's.")
    if sum(container.get("memoryReservation", 0) for container in containers) > memory:
        _refuse("The containers' 'memoryReservation' is more than the task's 'memory'.")
    for container in containers:
        if container.get("memory", memory) < _LEAST_MEMORY:
            _refuse(f"The 'memory' of container {container['name']} is below {_LEAST_MEMORY} MiB.")
        if container.get("memory", memory) > memory:
            _refuse(f"The 'memory' of container {container['name']} is more than the task's.")
        if container.get("memoryReservation", 0) > container.get("memory", memory):
            _refuse(f"The 'memoryReservation' of container {container['name']} is more than its 'memory'.")


def _check_task(parameters: Parameters) -> None:
    if parameters.get("networkMode") != "awsvpc":
        _refuse("Fargate only supports network mode 'awsvpc'.")
    storage = parameters.get("ephemeralStorage", {}).get("sizeInGiB")
    if storage is not None and storage not in EPHEMERAL_GIB:
        _refuse("Ephemeral storage must be between 21 and 200 GiB.")
    if parameters.get("placementConstraints"):
        _refuse("Fargate does not support 'placementConstraints'.")
    if parameters.get("ipcMode") or parameters.get("pidMode", "task") != "task":
        _refuse("Fargate supports no 'ipcMode', and of 'pidMode' only 'task'.")
    platform = parameters.get("runtimePlatform", {})
    is_windows = platform.get("operatingSystemFamily", "LINUX") != "LINUX"
    if is_windows and platform.get("cpuArchitecture", "X86_64") != "X86_64":
        _refuse("Windows tasks run on X86_64 only.")
    volumes = parameters.get("volumes", [])
    _must_differ("volume name", (volume.get("name") for volume in volumes))
    for volume in volumes:
        if volume.get("host", {}).get("sourcePath") or volume.get("dockerVolumeConfiguration"):
            _refuse(f"Fargate supports no host path or Docker volume: {volume['name']}.")


# --- roles


def _check_roles(call: Call, parameters: Parameters, containers: list[dict[str, Any]]) -> None:
    for key in ("executionRoleArn", "taskRoleArn"):
        if parameters.get(key):
            _role_must_be_assumable(call, parameters[key])
    if parameters.get("executionRoleArn"):
        return
    if any(container.get("secrets") for container in containers):
        _refuse("Container secrets need an 'executionRoleArn'.")
    if any(container.get("logConfiguration", {}).get("logDriver") == "awslogs" for container in containers):
        _refuse("Fargate requires task definition to have execution role ARN to support log driver awslogs.")


def _role_must_be_assumable(call: Call, arn: str) -> None:
    """ECS answers `Role is not valid` for a role that does not exist or does not trust it."""
    if not principals.role_exists(call, arn):
        _refuse(f"Role is not valid: {arn} does not exist.")
    source = f"arn:aws:ecs:{call.region}:{call.account}:*"
    if not principals.may_assume(call, "ecs-tasks.amazonaws.com", arn, source):
        _refuse(f"Role is not valid: {arn} does not let ecs-tasks.amazonaws.com assume it.")


# --- one container


def _check_container(container: dict[str, Any], task: Parameters) -> None:
    if container.get("privileged"):
        _refuse("Fargate does not support privileged containers.")
    for unsupported in _UNSUPPORTED:
        if container.get(unsupported):
            _refuse(f"The '{unsupported}' parameter is not supported for Fargate.")
    linux = container.get("linuxParameters", {})
    for unsupported in _UNSUPPORTED_LINUX:
        if linux.get(unsupported):
            _refuse(f"The '{unsupported}' parameter is not supported for Fargate.")
    added = set(linux.get("capabilities", {}).get("add", []))
    if added - ADDABLE_CAPABILITIES:
        _refuse(f"Fargate cannot add the capabilities {sorted(added)}.")
    if any(limit["name"] != "nofile" for limit in container.get("ulimits", [])):
        _refuse("Of ulimits, Fargate supports 'nofile' only.")
    if any(limit["softLimit"] > limit["hardLimit"] for limit in container.get("ulimits", [])):
        _refuse("A soft limit must not be above its hard limit.")
    for key in ("startTimeout", "stopTimeout"):
        if not 0 <= container.get(key, 0) <= _MAX_STOP_TIMEOUT:
            _refuse(f"Fargate allows a {key} of at most {_MAX_STOP_TIMEOUT} seconds.")
    _check_ports(container)
    _check_mounts(container, task)
    _check_health_check(container)
    _check_dependencies(container, task["containerDefinitions"])
    _check_variables(container)
    _check_logging(container)


def _check_ports(container: dict[str, Any]) -> None:
    for mapping in container.get("portMappings", []):
        port = mapping.get("containerPort")
        if port is not None and port not in _PORTS:
            _refuse(f"The container port {port} must be from 1 to 65535.")
        if mapping.get("hostPort", 0) not in (0, port):
            _refuse("With awsvpc, host and container ports must be equal.")


def _check_mounts(container: dict[str, Any], task: Parameters) -> None:
    volumes = [volume["name"] for volume in task.get("volumes", [])]
    mounts = container.get("mountPoints", [])
    for mount in mounts:
        if mount.get("sourceVolume") not in volumes:
            _refuse(f"Unknown volume '{mount.get('sourceVolume')}'.")
        if not str(mount.get("containerPath", "")).startswith("/"):
            _refuse(f"The mount of '{mount['sourceVolume']}' needs an absolute 'containerPath'.")
    _must_differ(f"mounted path of {container.get('name')}", (one["containerPath"] for one in mounts))
    names = [one["name"] for one in task["containerDefinitions"]]
    for source in container.get("volumesFrom", []):
        if source.get("sourceContainer") not in names:
            _refuse(f"Unknown container '{source.get('sourceContainer')}' in 'volumesFrom'.")


def _check_health_check(container: dict[str, Any]) -> None:
    command = container.get("healthCheck", {}).get("command")
    if command is not None and (not command or command[0] not in ("CMD", "CMD-SHELL", "NONE")):
        _refuse("A health check's command must start with CMD, CMD-SHELL or NONE.")
    if command is not None and command[0] == "CMD-SHELL" and len(command) != 2:
        _refuse("A health check's CMD-SHELL takes exactly one command line.")


def _check_dependencies(container: dict[str, Any], containers: list[dict[str, Any]]) -> None:
    by_name = {one["name"]: one for one in containers}
    for dependency in container.get("dependsOn", []):
        other = by_name.get(dependency["containerName"])
        if other is None or other is container:
            _refuse(f"Container {container['name']} cannot depend on {dependency['containerName']}.")
        elif dependency["condition"] == "HEALTHY" and not other.get("healthCheck"):
            _refuse(f"Container {other['name']} has no health check to wait for.")


def _check_variables(container: dict[str, Any]) -> None:
    secrets = [secret["name"] for secret in container.get("secrets", [])]
    variables = [variable.get("name") for variable in container.get("environment", [])]
    # "The secret name must be unique and not shared with any new or existing environment variables."
    shared = sorted({name for name in secrets if secrets.count(name) > 1 or name in variables})
    if shared:
        _refuse(f"The secret name must be unique and not shared with environment variables: {shared}.")
    for secret in container.get("secrets", []):
        _check_reference(secret["valueFrom"])


# ECS guide, "Pass Secrets Manager secrets through Amazon ECS environment variables": ARN, JSON key, version
# stage and version id, of which stage and id exclude each other. Parameter Store's parameters have names.
_SECRET = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:([^:]+)(?::([^:]*):([^:]*):([^:]*))?"
)


def _check_reference(reference: str) -> None:
    if ":secretsmanager:" not in reference:
        return
    parts = _SECRET.fullmatch(reference)
    if parts is None:
        _refuse(f"The secret reference {reference} is not ARN:json-key:version-stage:version-id.")
    elif parts[3] and parts[4]:
        _refuse(f"The secret reference {reference} names both a version stage and a version id.")


def _check_logging(container: dict[str, Any]) -> None:
    logging = container.get("logConfiguration")
    if logging is None:
        return
    if logging["logDriver"] not in _FARGATE_LOG_DRIVERS:
        _refuse(f"Fargate does not support the log driver {logging['logDriver']}.")
    if logging["logDriver"] == "awslogs":
        _check_awslogs(logging.get("options", {}))


def _check_awslogs(options: dict[str, str]) -> None:
    unknown = sorted(options.keys() - _AWSLOGS_OPTIONS)
    if unknown:
        _refuse(f"Log driver awslogs disallows options: {', '.join(unknown)}.")
    for needed in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix"):
        if not options.get(needed):
            _refuse(f"Log driver awslogs requires option '{needed}' on Fargate.")
    if options.get("mode", "blocking") not in ("blocking", "non-blocking"):
        _refuse(f"The log option 'mode' is blocking or non-blocking, not {options['mode']}.")
    size = options.get("max-buffer-size")
    if size is not None and not _BUFFER_SIZE.fullmatch(size):
        _refuse(f"The log option 'max-buffer-size' {size} is not a size such as 25m.")
    if size is not None and options.get("mode") != "non-blocking":
        _refuse("The log option 'max-buffer-size' needs the mode non-blocking.")
