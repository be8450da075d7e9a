"""Rule: encryption of log groups."""

from collections.abc import Iterator

from sandbox_policy.keys import judge_key
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(group: Resource, context: Context) -> Iterator[str]:
    """Yield a message unless the group is encrypted with a key."""
    yield from judge_key(read(group.properties, "kmsKeyId"), "kmsKeyId", context)


RULE = ResourceRule(
    name="log-encrypted",
    promise="Every log group is encrypted with a KMS key.",
    why="Logs show what people did on the desktop and which names it looked up.",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    check=check,
)
