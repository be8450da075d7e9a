"""Rule: tasks have no public addresses."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, mapping, read


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the service gives its tasks no public address."""
    configuration = read(service.properties, "networkConfiguration")
    if configuration is None or configuration is UNKNOWN:
        yield "networkConfiguration is missing or unknown, so tasks might get a public address"
        return
    public = read(mapping(configuration, "networkConfiguration"), "assignPublicIp")
    if public not in (False, None):
        yield f"networkConfiguration.assignPublicIp is {public!r} instead of false"


RULE = ResourceRule(
    name="task-public-ip",
    promise="No task has a public address.",
    why="With a public address a task is on the internet and bypasses the load balancer.",
    types=("aws:ecs/service:Service",),
    check=check,
)
