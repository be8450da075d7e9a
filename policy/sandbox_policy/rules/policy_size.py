"""Lengths of policy documents."""

from collections.abc import Iterator
from typing import Final

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import POLICY, POLICY_HOLDERS, Kind, texts_of

LONGEST: Final = {Kind.IDENTITY: 10_240, Kind.TRUST: 2_048, Kind.KEY: 32_768, Kind.RESOURCE: 20_480}
"""Characters that AWS takes by default, blanks not counted: a role's inline policies together, a
trust policy (IAM quotas), a key policy (KMS quotas), and the shortest of the resource policies.
"""

LONGEST_MANAGED: Final = 6_144


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each document that is longer than AWS takes."""
    for what, text, kind in texts_of(resource, context):
        most = LONGEST_MANAGED if resource.type == POLICY else LONGEST[kind]
        length = len("".join(text.split()))
        if length > most:
            yield f"{what} has {length} characters; AWS takes {most} in one {kind.value}: name fewer"


RULE = ResourceRule(
    name="policy-size",
    promise="Every policy document is one that AWS has room for.",
    why="A long list of models or secrets is refused only when the role exists and its task waits for it.",
    types=POLICY_HOLDERS,
    check=check,
)
