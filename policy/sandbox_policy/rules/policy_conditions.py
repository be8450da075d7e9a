"""Rule: no conditions in policy documents that always have the same result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox_policy.condition_keys import (
    ACCOUNT_KEYS,
    SERVICE_CALLER_KEYS,
    KeyType,
    action_key_type,
    global_key_type,
)
from sandbox_policy.condition_operators import Operator, operator_problem, parse_operator, value_problem
from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import dns_suffix_of, foreign_partition
from sandbox_policy.policy_documents import POLICY_HOLDERS, Kind, statements
from sandbox_policy.service_reference import matching_actions, service_exists

VIA_SERVICE = "kms:viaservice"


@dataclass(frozen=True)
class Comparison:
    """One comparison of a `Condition`: an operator, a key and the values to compare the key with."""

    statement: Statement
    kind: Kind
    operator: Operator
    key: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        """Statement, operator and key, to begin a message with."""
        return f"{self.statement.label}: {self.operator.text} on {self.key}"

    @property
    def key_type(self) -> KeyType | None:
        """The type of the key's values; None if no action of the statement has the key."""
        known = global_key_type(self.key)
        if known is not None:
            return known
        patterns = self.statement.actions or ()
        actions = (action for pattern in patterns for action in matching_actions(pattern))
        return next(filter(None, (action_key_type(self.key, action) for action in actions)), None)


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each comparison that has the same result for every request."""
    for kind, statement in statements(resource, context):
        for text, key, values in statement.conditions:
            operator = parse_operator(text)
            if operator is None:
                yield f"{statement.label}: {text} on {key}: IAM has no condition operator {text}"
                continue
            comparison = Comparison(statement, kind, operator, key, values)
            if not values:
                yield f"{comparison.label} has no value, so the statement never matches: add a value"
            yield from _missing_key(comparison)
            yield from _fixed_outcome(comparison, context)


def _missing_key(comparison: Comparison) -> Iterator[str]:
    """Yield a message for each action whose requests never carry the key."""
    operator, key = comparison.operator, comparison.key
    effect = (
        f"{operator.text} is then always true, so it has no effect"
        if operator.is_true_without_key(comparison.values)
        else "the statement never matches it"
    )
    if comparison.kind is Kind.IDENTITY and key.lower() in SERVICE_CALLER_KEYS:
        yield (
            f"{comparison.label}: only requests by AWS services carry this key, and identity policies never "
            f"apply to those; {effect}. Remove the condition"
        )
    elif global_key_type(key) is None:
        for pattern in comparison.statement.actions or ():
            actions = matching_actions(pattern)
            if actions and not any(action_key_type(key, action) for action in actions):
                yield (
                    f"{comparison.label}: {pattern} does not support this key; {effect}. "
                    f"Give {pattern} a statement of its own"
                )


def _fixed_outcome(comparison: Comparison, context: Context) -> Iterator[str]:
    """Yield a message for each operator or value that does not fit the type of the key."""
    operator, key, key_type = comparison.operator, comparison.key, comparison.key_type
    if key_type is None:
        return
    if problem := operator_problem(operator, key_type):
        yield f"{comparison.label}: {problem}"
        return
    for value in comparison.values:
        if problem := (
            value_problem(operator, key_type, value)
            or _account_problem(key, value)
            or _service_problem(key, value, context)
            or foreign_partition(value, context.config.region)
        ):
            yield f"{comparison.label} never matches {value!r}: {problem}"


def _account_problem(key: str, value: str) -> str | None:
    if key.lower() in ACCOUNT_KEYS and not re.fullmatch(r"[0-9]{12}|.*[*?$].*", value):
        return "an account id has twelve digits"
    return None


def _service_problem(key: str, value: str, context: Context) -> str | None:
    """Explain what is wrong with the host name of the service that calls KMS; None if nothing is."""
    region = context.config.region
    if key.lower() != VIA_SERVICE or region is None or re.search(r"[*?$]", value):
        return None
    service = value.partition(".")[0]
    if not service_exists(service):
        return f"AWS has no service {service!r}"
    expected = f"{service}.{region}.{dns_suffix_of(region)}"
    return None if value == expected else f"in {region} the service is {expected}"


RULE = ResourceRule(
    name="policy-conditions",
    promise="Every condition in a policy document can be both true and false.",
    why="A condition on a key that an action does not support silently denies everybody, or nobody.",
    types=POLICY_HOLDERS,
    check=check,
)
