"""Rule: the Fargate platform version that tasks run on."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

CURRENT = ("LATEST", "1.4.0")
"""Linux platform versions with the features that the tasks need. AWS still accepts 1.3.0, which lacks some.
"""


def check(service: Resource, _: Context) -> Iterator[str]:
    """Yield a message for a platform version that is outdated or does not exist."""
    version = read(service.properties, "platformVersion")
    if version is not None and version not in CURRENT:
        yield f"platformVersion is {version!r} instead of one of {', '.join(CURRENT)}"


RULE = ResourceRule(
    name="platform-version",
    promise="Tasks run on a current platform version of Fargate.",
    why="Older versions have unpatched hosts and can't read a single field or version of a secret.",
    types=("aws:ecs/service:Service",),
    check=check,
)
