"""Tags of images."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(repository: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless a pushed tag keeps its image."""
    value = read(repository.properties, "imageTagMutability")
    if value != "IMMUTABLE":
        yield f"imageTagMutability is {value!r} instead of IMMUTABLE"


RULE = ResourceRule(
    name="repository-immutable",
    promise="A tag that was pushed keeps its image.",
    why="A tag that can be moved lets somebody exchange an image after it was reviewed.",
    types=("aws:ecr/repository:Repository",),
    check=check,
)
