"""Finds the IAM policies that say what an identity may do, wherever a resource can hold one."""

from collections.abc import Iterator

from sandbox_policy.documents import Statement, read_document
from sandbox_policy.model import Context, Resource
from sandbox_policy.values import UNKNOWN, items, mapping, read

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
POLICY_HOLDERS = (ROLE_POLICY, POLICY, ROLE)


def granted(resource: Resource, context: Context) -> Iterator[Statement]:
    """Yield the Allow statements that a resource of POLICY_HOLDERS gives to an identity.

    A policy that the preview does not know yet yields nothing: the update judges it before it is created.
    Raises MalformedInputError for what is no policy document.
    """
    for what, value in _texts(resource, context):
        for statement in read_document(value, what, context):
            if statement.allows:
                yield statement


def _texts(resource: Resource, context: Context) -> Iterator[tuple[str, object]]:
    if resource.type != ROLE:
        yield "policy", read(resource.properties, "policy")
        return
    for index, element in enumerate(items(read(resource.properties, "inlinePolicies"), "inlinePolicies")):
        what = f"inlinePolicies[{index}]"
        if element is UNKNOWN:
            context.awaits(element, what)
            continue
        yield f"{what}.policy", read(mapping(element, what), "policy")
