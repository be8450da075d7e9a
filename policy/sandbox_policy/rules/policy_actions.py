"""Rule: actions in policy documents exist."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import POLICY_HOLDERS, Kind, statements
from sandbox_policy.service_reference import matching_actions, service_exists, similar_action

ONLY_SERVICE = {Kind.TRUST: "sts", Kind.KEY: "kms"}
"""Kind of document → the only service whose actions it can contain."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each action that the service authorization reference does not list."""
    for kind, statement in statements(resource, context):
        for action in (*(statement.actions or ()), *(statement.not_actions or ())):
            service = action.partition(":")[0].lower()
            if action == "*":
                continue
            if not matching_actions(action):
                yield f"{statement.label} names {action}: {_reason(action, service)}"
            elif service != ONLY_SERVICE.get(kind, service):
                yield (
                    f"{statement.label} names {action}: a {kind.value} covers actions of "
                    f"{ONLY_SERVICE[kind]} only, so it never matches"
                )


def _reason(action: str, service: str) -> str:
    if ":" not in action:
        return "write it as service:Action"
    reason = f"{service} has no such action" if service_exists(service) else f"AWS has no service {service!r}"
    close = similar_action(action)
    return f"{reason}; did you mean {close}?" if close else reason


RULE = ResourceRule(
    name="policy-actions",
    promise="Every action in a policy document exists.",
    why="A misspelt action allows or denies nothing, and AWS accepts it without an error.",
    types=POLICY_HOLDERS,
    check=check,
)
