"""Elements that do not belong in a trust policy."""

from collections.abc import Iterator

from sandbox_policy.documents import read_document
from sandbox_policy.identity_policies import ROLE
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read


def check(role: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each statement that names resources."""
    for statement in read_document(read(role.properties, "assumeRolePolicy"), "assumeRolePolicy", context):
        if statement.resources is not None or statement.not_resources is not None:
            yield f"{statement.label} names a resource; in a trust policy the role itself is the resource"


RULE = ResourceRule(
    name="trust-resource",
    promise="A trust policy names no resource.",
    why="AWS refuses it as malformed; an emulator accepts it.",
    types=(ROLE,),
    check=check,
)
