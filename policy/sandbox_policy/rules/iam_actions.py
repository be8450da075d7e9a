"""Rule: the actions that an identity policy allows."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import IDENTITY_POLICY_HOLDERS, granted


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each action with a wildcard, and for statements with NotAction."""
    for statement in granted(resource, context):
        if statement.not_actions is not None:
            yield f"{statement.label} allows everything but {', '.join(statement.not_actions)}"
        if not statement.actions:
            yield f"{statement.label} names no actions"
        for action in statement.actions or ():
            if "*" in action or "?" in action:
                yield f"{statement.label} allows {action}: list the actions without wildcards"


RULE = ResourceRule(
    name="iam-actions",
    promise="IAM policies list their actions without wildcards.",
    why="A wildcard also allows actions that AWS adds later.",
    types=IDENTITY_POLICY_HOLDERS,
    check=check,
)
