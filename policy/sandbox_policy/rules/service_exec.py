"""Rule: no shell in running tasks."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless ECS Exec is off."""
    value = read(service.properties, "enableExecuteCommand")
    if value not in (False, None):
        yield f"enableExecuteCommand is {value!r} instead of false"


RULE = ResourceRule(
    name="service-exec",
    promise="Nobody can open a shell in a task through ECS Exec.",
    why="It is another way in, to which no ingress rule applies.",
    types=("aws:ecs/service:Service",),
    check=check,
)
