"""How long logs are kept."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import number, read

TAKEN_DAYS = (1, 3, 5, 7, 14, 30)
"""What CloudWatch Logs takes (botocore: `PutRetentionPolicy.retentionInDays`), up to the longest promised."""


def check(group: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the group is kept for up to 30 days; 0 and missing mean for ever."""
    value = read(group.properties, "retentionInDays")
    if value is None:
        yield "retentionInDays is missing, so logs are kept for ever"
        return
    days = number(value, "retentionInDays")
    if days not in TAKEN_DAYS:
        yield f"retentionInDays is {days} instead of one of {', '.join(map(str, TAKEN_DAYS))}"


RULE = ResourceRule(
    name="log-retention",
    promise="Logs are kept for at most 30 days.",
    why="A sandbox's logs are personal data; what is gone can't leak.",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    check=check,
)
