"""Rule: how long logs are kept."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

TAKEN_DAYS = (1, 3, 5, 7, 14, 30)
"""Values that CloudWatch Logs accepts (botocore: `PutRetentionPolicy.retentionInDays`), up to 30 days."""


def check(group: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless logs are kept for up to 30 days. 0 or no value means forever."""
    value = read(group.properties, "retentionInDays")
    if value is None:
        yield "retentionInDays is missing, so logs are kept forever"
        return
    days = number(value, "retentionInDays")
    if days not in TAKEN_DAYS:
        yield f"retentionInDays is {days} instead of one of {', '.join(map(str, TAKEN_DAYS))}"


RULE = ResourceRule(
    name="log-retention",
    promise="Logs are kept for at most 30 days.",
    why="A sandbox's logs contain personal data, and deleted data can't leak.",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    check=check,
)
