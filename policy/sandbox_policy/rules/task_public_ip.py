"""Public addresses of tasks."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, mapping, read


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the service says that its tasks get no public address."""
    configuration = read(service.properties, "networkConfiguration")
    if configuration is None or configuration is UNKNOWN:
        yield "networkConfiguration is missing or unknown, so nothing says that tasks get no public address"
        return
    public = read(mapping(configuration, "networkConfiguration"), "assignPublicIp")
    if public not in (False, None):
        yield f"networkConfiguration.assignPublicIp is {public!r} instead of false"


RULE = ResourceRule(
    name="task-public-ip",
    promise="No task has a public address.",
    why="A public address puts the task itself on the internet, past the load balancer.",
    types=("aws:ecs/service:Service",),
    check=check,
)
