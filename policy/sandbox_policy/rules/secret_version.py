"""Rule: the version of a secret that a container gets."""

import re
from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, mapping

REFERENCE = re.compile(
    r"(?P<arn>arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+)"
    r":(?P<field>[^:]*):(?P<stage>[^:]*):(?P<version>[^:]*)"
)
VERSION = re.compile(r"[A-Za-z0-9-]{32,64}")
"""What Secrets Manager accepts as the id of a version (botocore: `CreateSecret.ClientRequestToken`)."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each reference to a secret that does not name a version of it."""
    for label, container in containers_of(task, context):
        for element in items(container.get("secrets"), f"{label}.secrets"):
            secret = mapping(element, f"{label}.secrets")
            reference = secret.get("valueFrom")
            if reason := _reason(reference):
                yield f"{label} reads {secret.get('name')} from {reference!r}, {reason}"


def _reason(reference: object) -> str | None:
    match = REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if match is None:
        return "which is not written ARN:field::version-id, or ARN:::version-id for the whole secret"
    if match["stage"]:
        return f"which names the stage {match['stage']}, which can move to another version"
    if not VERSION.fullmatch(match["version"]):
        return "which names no version: append the version's id as in ARN:field::version-id"
    return None


RULE = ResourceRule(
    name="secret-version",
    promise="A container's reference to a secret names the version.",
    why="ECS reads secrets only when a task starts; a changed reference makes it start new tasks.",
    types=(TASK_DEFINITION,),
    check=check,
)
