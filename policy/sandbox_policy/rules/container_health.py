"""How ECS notices that a container hangs, and how long it waits for its end."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import mapping, number, texts

RANGES = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
"""Seconds, or times, that ECS takes in a health check (botocore: `ecs.HealthCheck`)."""

LONGEST_STOP = 120
"""Seconds between SIGTERM and SIGKILL that Fargate takes at most (botocore: `ContainerDefinition`)."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for a container without a health check, and for values that ECS does not take."""
    for label, container in containers_of(task, context):
        health = mapping(container.get("healthCheck") or {}, f"{label}.healthCheck")
        command = texts(health.get("command") or [], f"{label}.healthCheck.command")
        if len(command) < 2 or command[0] not in ("CMD", "CMD-SHELL"):
            yield f"{label} has no health check: healthCheck.command is CMD or CMD-SHELL and what to run"
        for key, (least, most) in RANGES.items():
            if health.get(key) is None:
                continue
            value = number(health[key], f"{label}.healthCheck.{key}")
            if not least <= value <= most:
                yield f"{label}: healthCheck.{key} is {value} instead of {least} to {most}"
        if container.get("stopTimeout") is not None:
            value = number(container["stopTimeout"], f"{label}.stopTimeout")
            if not 0 <= value <= LONGEST_STOP:
                yield f"{label}: stopTimeout is {value} instead of 0 to {LONGEST_STOP} seconds"


RULE = ResourceRule(
    name="container-health",
    promise="Every container has a health check, and ends within two minutes when told to.",
    why="A container that hangs must be replaced; one that will not end keeps its credentials alive.",
    types=(TASK_DEFINITION,),
    check=check,
)
