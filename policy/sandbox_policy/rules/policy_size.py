"""Rule: lengths of policy documents."""

from collections.abc import Iterator
from typing import Final

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import POLICY, POLICY_HOLDERS, Kind, texts_of

LONGEST: Final = {Kind.IDENTITY: 10_240, Kind.TRUST: 2_048, Kind.KEY: 32_768, Kind.RESOURCE: 20_480}
"""AWS's default limits in characters, not counting white space: all inline policies of a role together and a
trust policy (IAM quotas), a key policy (KMS quotas), and the lowest limit of the resource policies.
"""

LONGEST_MANAGED: Final = 6_144


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each document that is longer than AWS allows."""
    for what, text, kind in texts_of(resource, context):
        most = LONGEST_MANAGED if resource.type == POLICY else LONGEST[kind]
        length = len("".join(text.split()))
        if length > most:
            yield f"{what} has {length} characters; AWS allows {most} in one {kind.value}: shorten it"


RULE = ResourceRule(
    name="policy-size",
    promise="Every policy document is within AWS's limits of length.",
    why="AWS refuses a policy with too many models or secrets only after the role has been created.",
    types=POLICY_HOLDERS,
    check=check,
)
