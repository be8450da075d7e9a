"""The version of Fargate that tasks run on."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

CURRENT = ("LATEST", "1.4.0")
"""Linux platform versions with all that the tasks need; 1.3.0 is the other one that AWS still takes."""


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message for a platform version that is old or that does not exist."""
    version = read(service.properties, "platformVersion")
    if version is not None and version not in CURRENT:
        yield f"platformVersion is {version!r} instead of one of {', '.join(CURRENT)}"


RULE = ResourceRule(
    name="platform-version",
    promise="Tasks run on a current platform version of Fargate.",
    why="Older ones have unpatched hosts, and read no single field or version of a secret.",
    types=("aws:ecs/service:Service",),
    check=check,
)
