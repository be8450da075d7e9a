"""Policies that are attached to roles from elsewhere."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import UNKNOWN, items, read

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)


def check(resource: Resource, _: Context) -> Iterator[str]:
    """Yield a message for each policy that is attached by reference."""
    if resource.type in ATTACHMENTS:
        policy = read(resource.properties, "policyArn")
        yield f"attaches {'a policy' if policy is UNKNOWN else policy} instead of a policy written here"
        return
    for policy in items(read(resource.properties, "managedPolicyArns"), "managedPolicyArns"):
        yield f"managedPolicyArns has {'a policy' if policy is UNKNOWN else policy}"


RULE = ResourceRule(
    name="iam-managed-policies",
    promise="A role can do what its policy in this program says, and nothing else.",
    why="A managed policy allows more than one task needs, and AWS changes it without asking.",
    types=(ROLE, *ATTACHMENTS),
    check=check,
)
