"""Rule: what happens when a deployment of a service fails."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, mapping, read


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless a failing deployment is stopped and rolled back."""
    breaker = read(service.properties, "deploymentCircuitBreaker")
    if breaker is None or breaker is UNKNOWN:
        yield "deploymentCircuitBreaker is missing or unknown"
        return
    for key in ("enable", "rollback"):
        value = read(mapping(breaker, "deploymentCircuitBreaker"), key)
        if value is not True:
            yield f"deploymentCircuitBreaker.{key} is {value!r} instead of true"


RULE = ResourceRule(
    name="service-rollback",
    promise="A deployment that fails is stopped and rolled back.",
    why="Otherwise ECS keeps starting broken tasks forever.",
    types=("aws:ecs/service:Service",),
    check=check,
)
