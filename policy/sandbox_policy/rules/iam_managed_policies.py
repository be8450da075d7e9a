"""Rule: no managed policies on roles."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import UNKNOWN, items, read

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


def check(resource: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each managed policy that is attached to a role."""
    if resource.type in ATTACHMENTS:
        policy = read(resource.properties, "policyArn")
        yield f"attaches {'a policy' if policy is UNKNOWN else policy} instead of an inline policy"
        return
    for policy in items(read(resource.properties, "managedPolicyArns"), "managedPolicyArns"):
        yield f"managedPolicyArns has {'a policy' if policy is UNKNOWN else policy}"


RULE = ResourceRule(
    name="iam-managed-policies",
    promise="A role has only the permissions that this program writes in its inline policies.",
    why="A managed policy allows more than one task needs, and AWS can change it at any time.",
    types=(ROLE, *ATTACHMENTS),
    check=check,
)
