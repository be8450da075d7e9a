"""Rule: rotation of KMS keys."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(key: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless automatic rotation is on."""
    value = read(key.properties, "enableKeyRotation")
    if value is not True:
        yield f"enableKeyRotation is {value!r} instead of true"


RULE = ResourceRule(
    name="key-rotation",
    promise="Every KMS key is rotated automatically.",
    why="Rotation limits how much data one leaked key can decrypt.",
    types=("aws:kms/key:Key",),
    check=check,
)
