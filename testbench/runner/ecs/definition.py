"""Task definitions as the runner needs them: read once, checked, and then trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Docker's defaults, which ECS takes over (API_HealthCheck.html in the ECS reference).
_INTERVAL, _TIMEOUT, _RETRIES = 30, 5, 3
# What Fargate waits between SIGTERM and SIGKILL if nothing else is said (API_ContainerDefinition.html).
_STOP_TIMEOUT = 30

# What a container has when it asks for nothing (moby, oci/caps/defaults.go).
DEFAULT_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)


class InvalidDefinition(Exception):
    """A task definition that cannot be run here; names the member, its value and what would do."""


@dataclass(frozen=True)
class HealthCheck:
    """A command to run in the container: status 0 is healthy. Times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> HealthCheck:
        kind, *words = raw.get("command") or [""]
        if kind == "CMD" and words:
            command = tuple(words)
        elif kind == "CMD-SHELL" and len(words) == 1:
            command = ("/bin/sh", "-c", words[0])
        else:
            raise InvalidDefinition(
                f"healthCheck.command is {raw.get('command')!r}: it must be CMD or CMD-SHELL and a command"
            )
        return cls(
            command,
            int(raw.get("interval") or _INTERVAL),
            int(raw.get("timeout") or _TIMEOUT),
            int(raw.get("retries") or _RETRIES),
            int(raw.get("startPeriod") or 0),
        )


@dataclass(frozen=True)
class Mount:
    """A volume's place in the container. The volume lives as long as the task."""

    volume: str
    path: str
    read_only: bool


@dataclass(frozen=True)
class AwsLogs:
    """Where the container's output goes."""

    group: str
    stream_prefix: str


@dataclass(frozen=True)
class ContainerDefinition:
    """One container. `secrets` maps a variable to where its value comes from; no `user`: the image's."""

    name: str
    image: str
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    entry_point: tuple[str, ...] | None
    command: tuple[str, ...] | None
    user: str | None
    ports: tuple[int, ...]
    mounts: tuple[Mount, ...]
    health_check: HealthCheck | None
    stop_timeout: int
    read_only_root: bool
    capabilities: frozenset[str]
    ulimits: Mapping[str, tuple[int, int]]  # by name: soft and hard limit
    needs_init: bool
    logs: AwsLogs | None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ContainerDefinition:
        if raw.get("privileged"):
            raise InvalidDefinition("privileged is true: Fargate runs no privileged container")
        linux = raw.get("linuxParameters") or {}
        health_check = raw.get("healthCheck")
        return cls(
            name=raw["name"],
            image=raw["image"],
            environment={one["name"]: one["value"] for one in raw.get("environment") or []},
            secrets={one["name"]: one["valueFrom"] for one in raw.get("secrets") or []},
            entry_point=_words(raw.get("entryPoint")),
            command=_words(raw.get("command")),
            user=raw.get("user"),
            ports=tuple(int(one["containerPort"]) for one in raw.get("portMappings") or []),
            mounts=tuple(
                Mount(one["sourceVolume"], one["containerPath"], bool(one.get("readOnly")))
                for one in raw.get("mountPoints") or []
            ),
            health_check=HealthCheck.of(health_check) if health_check else None,
            stop_timeout=int(raw.get("stopTimeout") or _STOP_TIMEOUT),
            read_only_root=bool(raw.get("readonlyRootFilesystem")),
            capabilities=_capabilities(linux.get("capabilities") or {}),
            ulimits={
                one["name"]: (int(one["softLimit"]), int(one["hardLimit"]))
                for one in raw.get("ulimits") or []
            },
            needs_init=bool(linux.get("initProcessEnabled")),
            logs=_logs(raw.get("logConfiguration")),
        )


@dataclass(frozen=True)
class TaskDefinition:
    """One Fargate task of one container, which is all that the sandbox's services have."""

    arn: str
    family: str
    cpu: str
    memory: str
    container: ContainerDefinition

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> TaskDefinition:
        """From DescribeTaskDefinition's `taskDefinition`."""
        containers = raw["containerDefinitions"]
        if len(containers) != 1:
            names = ", ".join(one["name"] for one in containers)
            raise InvalidDefinition(f"{raw['taskDefinitionArn']} has the containers {names}: one is run here")
        container = ContainerDefinition.of(containers[0])
        volumes = {one["name"] for one in raw.get("volumes") or []}
        for mount in container.mounts:
            if mount.volume not in volumes:
                raise InvalidDefinition(f"mountPoints name the volume {mount.volume}, which volumes lacks")
        return cls(raw["taskDefinitionArn"], raw["family"], str(raw["cpu"]), str(raw["memory"]), container)


def _words(raw: Any) -> tuple[str, ...] | None:
    return tuple(raw) if raw else None


def _capabilities(raw: Mapping[str, Any]) -> frozenset[str]:
    dropped = {name.removeprefix("CAP_") for name in raw.get("drop") or []}
    if added := raw.get("add"):
        raise InvalidDefinition(f"linuxParameters.capabilities.add is {added}: nothing is added here")
    return frozenset() if "ALL" in dropped else DEFAULT_CAPABILITIES - dropped


def _logs(raw: Mapping[str, Any] | None) -> AwsLogs | None:
    if not raw:
        return None
    if raw["logDriver"] != "awslogs":
        raise InvalidDefinition(f"logConfiguration.logDriver is {raw['logDriver']}: here it must be awslogs")
    options = raw["options"]
    return AwsLogs(options["awslogs-group"], options.get("awslogs-stream-prefix", ""))
