"""Which actions an identity policy allows."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import IDENTITY_POLICY_HOLDERS, granted


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each action with a wildcard, and for statements that allow all but some actions."""
    for statement in granted(resource, context):
        if statement.not_actions is not None:
            yield f"{statement.label} allows everything but {', '.join(statement.not_actions)}"
        if not statement.actions:
            yield f"{statement.label} names no actions"
        for action in statement.actions or ():
            if "*" in action or "?" in action:
                yield f"{statement.label} allows {action}: name the actions one by one"


RULE = ResourceRule(
    name="iam-actions",
    promise="IAM policies name their actions one by one.",
    why="A wildcard allows what AWS adds tomorrow.",
    types=IDENTITY_POLICY_HOLDERS,
    check=check,
)
