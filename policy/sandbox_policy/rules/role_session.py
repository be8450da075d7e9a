"""Rule: how long a role session lasts."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import number, read

SECONDS = 3600
"""One hour: the lowest maximum that IAM accepts, and the highest that this rule allows."""


def check(role: Resource, _: Context) -> Iterator[str]:
    """Yield a message for sessions of another length. AWS's default is one hour too."""
    value = read(role.properties, "maxSessionDuration")
    if value is not None and number(value, "maxSessionDuration") != SECONDS:
        yield f"maxSessionDuration is {value} instead of {SECONDS} seconds"


RULE = ResourceRule(
    name="role-session",
    promise="A role session ends after one hour.",
    why="Leaked credentials do less harm if they expire soon.",
    types=(ROLE,),
    check=check,
)
