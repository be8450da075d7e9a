"""Rule: the resources that an identity policy allows actions on."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import IDENTITY_POLICY_HOLDERS, granted
from sandbox_policy.service_reference import matching_actions

ARN = re.compile(r"arn:[a-z-]+:(?P<service>[^:]*):[^:]*:(?P<account>[^:]*):(?P<resource>.+)")
NO_ACCOUNT = frozenset({"s3", "bedrock"})
"""Services that have resources without an account in their ARN."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each resource that is a wildcard or matches every resource of a type."""
    for statement in granted(resource, context):
        if statement.not_resources is not None:
            yield f"{statement.label} allows all resources except some"
        if not statement.resources:
            yield f"{statement.label} names no resources"
        for pattern in statement.resources or ():
            if pattern == "*":
                scoped = sorted(filter(_has_resources, statement.actions or ()))
                if scoped or statement.not_actions is not None:
                    yield f"{statement.label} allows {', '.join(scoped)} on every resource"
            elif reason := _too_wide(pattern):
                yield f"{statement.label} allows {pattern}: {reason}"


def _has_resources(action: str) -> bool:
    """Whether AWS can limit an action to resources. An unknown action is assumed to be one that it can."""
    known = matching_actions(action)
    return not known or any(one.resource_types for one in known)


def _too_wide(pattern: str) -> str | None:
    arn = ARN.fullmatch(pattern)
    if arn is None:
        return "it is not an ARN"
    if "*" in arn["service"] or "?" in arn["service"]:
        return "its service is a wildcard"
    if "*" in arn["account"] or "?" in arn["account"]:
        return "its account is a wildcard"
    if not arn["account"] and arn["service"] not in NO_ACCOUNT:
        return "it has no account"
    if re.fullmatch(r"([a-z-]+[:/])?/?[*?]+.*", arn["resource"]):
        return "it matches every resource of its type"
    return None


RULE = ResourceRule(
    name="iam-resources",
    promise="IAM policies name their resources, except for actions that AWS can't limit to resources.",
    why="A role that may read every secret of the account would make one break-in much worse.",
    types=IDENTITY_POLICY_HOLDERS,
    check=check,
)
