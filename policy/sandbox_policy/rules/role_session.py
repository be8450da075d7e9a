"""How long somebody who took a role on keeps it."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import number, read

SECONDS = 3600
"""The shortest maximum that IAM takes, and the longest that is promised."""


def check(role: Resource, _: Context) -> Iterator[str]:
    """Yield a message for sessions of another length; an hour is what AWS takes where nothing is said."""
    value = read(role.properties, "maxSessionDuration")
    if value is not None and number(value, "maxSessionDuration") != SECONDS:
        yield f"maxSessionDuration is {value} instead of {SECONDS} seconds"


RULE = ResourceRule(
    name="role-session",
    promise="A role session ends after an hour.",
    why="Credentials that leak are worth less the sooner they end.",
    types=(ROLE,),
    check=check,
)
