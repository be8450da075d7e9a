"""ECS task definitions for Fargate: sizes and settings that AWS refuses and moto accepts."""

from __future__ import annotations

from typing import Any

from moto.ecs.responses import EC2ContainerServiceResponse

from emulator.actions import Parameters, checks, refuse

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
ADDABLE_CAPABILITIES = {"SYS_PTRACE"}


@checks(EC2ContainerServiceResponse, "register_task_definition")
def fargate_must_accept(_call: Any, parameters: Parameters) -> None:
    if "FARGATE" not in parameters.get("requiresCompatibilities", []):
        return
    if _number(parameters, "memory") not in SIZES.get(_number(parameters, "cpu"), []):
        refuse("ClientException", "No Fargate configuration exists for given values.")
    if parameters.get("networkMode") != "awsvpc":
        refuse("ClientException", "Fargate only supports network mode 'awsvpc'.")
    storage = parameters.get("ephemeralStorage", {}).get("sizeInGiB")
    if storage is not None and storage not in EPHEMERAL_GIB:
        refuse("ClientException", "Ephemeral storage must be between 21 and 200 GiB.")
    containers = parameters["containerDefinitions"]
    if not parameters.get("executionRoleArn"):
        if any(container.get("secrets") for container in containers):
            refuse("ClientException", "Container secrets need an 'executionRoleArn'.")
        if any(
            container.get("logConfiguration", {}).get("logDriver") == "awslogs" for container in containers
        ):
            refuse(
                "ClientException",
                "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
            )
    if not any(container.get("essential", True) for container in containers):
        refuse("ClientException", "At least one container must be essential.")
    for container in containers:
        _check_container(container)


def _number(parameters: Parameters, key: str) -> int:
    text = str(parameters.get(key, ""))
    return int(text) if text.isdecimal() else 0


def _check_container(container: dict[str, Any]) -> None:
    if container.get("privileged"):
        refuse("ClientException", "Fargate does not support privileged containers.")
    linux = container.get("linuxParameters", {})
    for unsupported in ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness"):
        if linux.get(unsupported):
            refuse("ClientException", f"The '{unsupported}' parameter is not supported for Fargate.")
    added = set(linux.get("capabilities", {}).get("add", []))
    if added - ADDABLE_CAPABILITIES:
        refuse("ClientException", f"Fargate cannot add the capabilities {sorted(added)}.")
    for mapping in container.get("portMappings", []):
        if mapping.get("hostPort", 0) not in (0, mapping["containerPort"]):
            refuse("ClientException", "With awsvpc, host and container ports must be equal.")
