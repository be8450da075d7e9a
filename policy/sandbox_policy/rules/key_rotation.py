"""Rotation of KMS keys."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(key: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the key rotates."""
    value = read(key.properties, "enableKeyRotation")
    if value is not True:
        yield f"enableKeyRotation is {value!r} instead of true"


RULE = ResourceRule(
    name="key-rotation",
    promise="Every KMS key rotates.",
    why="Rotation limits what one leaked key opens.",
    types=("aws:kms/key:Key",),
    check=check,
)
