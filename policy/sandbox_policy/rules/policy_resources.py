"""Rule: resources in policy documents fit the actions of their statement."""

import re
from collections.abc import Iterator

from sandbox_policy.arn_forms import PARTS, fits, is_every_resource
from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import foreign_partition
from sandbox_policy.policy_documents import POLICY_HOLDERS, Kind, statements
from sandbox_policy.service_reference import Action, matching_actions

EVERY_ACTION = "*"


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each resource that fits no action, and each action that fits no resource."""
    for kind, statement in statements(resource, context):
        for arn in (*(statement.resources or ()), *(statement.not_resources or ())):
            if reason := _unreadable(arn, context.config.region):
                yield f"{statement.label} names {arn!r}: {reason}"
        if kind is Kind.KEY:
            yield from _key_policy(statement)
        elif statement.resources and statement.actions and EVERY_ACTION not in statement.actions:
            yield from _misfits(statement)


def _unreadable(arn: str, region: str | None) -> str | None:
    if is_every_resource(arn):
        return None
    parts = arn.split(":", PARTS - 1)
    if len(parts) != PARTS or parts[0] != "arn" or not parts[5]:
        return "it is neither * nor an ARN of six parts, arn:partition:service:region:account:resource"
    if re.search(r"[*?]", parts[2]) or not parts[2]:
        return "AWS allows no wildcard for the service in an ARN"
    return foreign_partition(arn, region)


def _key_policy(statement: Statement) -> Iterator[str]:
    for arn in statement.resources or ():
        if not is_every_resource(arn):
            yield f"{statement.label} names {arn}: write * in a key policy, which means this key"


def _misfits(statement: Statement) -> Iterator[str]:
    resources = [arn for arn in statement.resources or () if _unreadable(arn, None) is None]
    expanded = {pattern: matching_actions(pattern) for pattern in statement.actions or ()}
    for pattern, actions in expanded.items():
        # A wildcard is valid as long as one of its actions fits. Another rule reports unknown actions.
        if actions and resources and not any(fits(action, arn) for action in actions for arn in resources):
            yield f"{statement.label} names {pattern} on {', '.join(resources)}: {_fix(actions)}"
    known = [action for actions in expanded.values() for action in actions]
    for arn in resources:
        if known and not any(fits(action, arn) for action in known):
            yield (
                f"{statement.label} names {arn}, which fits none of its actions "
                f"({', '.join(expanded)}): remove it, or add the action that it is for"
            )


def _fix(actions: tuple[Action, ...]) -> str:
    forms = sorted({kind.form for action in actions for kind in action.resource_types})
    if not forms:
        return "AWS can't limit it to resources, so only Resource * matches"
    return f"it applies to {', '.join(forms)}"


RULE = ResourceRule(
    name="policy-resources",
    promise="Every resource in a policy document fits the actions of its statement.",
    why="An action on a resource of the wrong type is never allowed; a task fails once it needs it.",
    types=POLICY_HOLDERS,
    check=check,
)
