"""Rule: how ECS detects a hanging container, and how long it waits for a container to stop."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import mapping, number, texts

RANGES = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
"""Range of each field of a health check, in seconds or attempts (botocore: `ecs.HealthCheck`)."""

LONGEST_STOP = 120
"""The longest time between SIGTERM and SIGKILL on Fargate, in seconds (botocore: `ContainerDefinition`)."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for a container without a health check, and for values that ECS does not accept."""
    for label, container in containers_of(task, context):
        health = mapping(container.get("healthCheck") or {}, f"{label}.healthCheck")
        command = texts(health.get("command") or [], f"{label}.healthCheck.command")
        if len(command) < 2 or command[0] not in ("CMD", "CMD-SHELL"):
            yield f"{label} has no health check: set healthCheck.command to CMD or CMD-SHELL and the command"
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
    promise="Every container has a health check and is killed if it does not stop within two minutes.",
    why="A hanging container must be replaced, and one that does not stop keeps using its credentials.",
    types=(TASK_DEFINITION,),
    check=check,
)
