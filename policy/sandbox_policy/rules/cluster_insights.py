"""Rule: monitoring of the ECS cluster."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read


def check(cluster: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless Container Insights is on with enhanced observability."""
    settings = [
        mapping(setting, "settings")
        for setting in items(read(cluster.properties, "settings"), "settings")
        if setting is not UNKNOWN
    ]
    values = [read(setting, "value") for setting in settings if read(setting, "name") == "containerInsights"]
    if values != ["enhanced"]:
        yield f"containerInsights is {values or 'not set'} instead of enhanced"


RULE = ResourceRule(
    name="cluster-insights",
    promise="The cluster has enhanced Container Insights.",
    why="Unusual load on the desktop is often the first sign of misuse.",
    types=("aws:ecs/cluster:Cluster",),
    check=check,
)
