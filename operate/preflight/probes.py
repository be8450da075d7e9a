"""Turns the statements of a policy into requests that they allow, for IAM's policy simulator.

A pattern in a resource or a condition is replaced with a sample that it matches. An identity that has this
policy or a wider one therefore passes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SAMPLE = "preflight"


@dataclass(frozen=True)
class AwsLocation:
    """The partition, region and account of the deployment."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True)
class ContextEntry:
    """A condition key of the simulated request. `type` is one of IAM's ContextKeyTypeEnum."""

    key: str
    values: tuple[str, ...]
    type: str

    def as_argument(self) -> dict[str, object]:
        """The entry in the format of SimulatePrincipalPolicy."""
        return {
            "ContextKeyName": self.key,
            "ContextKeyValues": list(self.values),
            "ContextKeyType": self.type,
        }


@dataclass(frozen=True)
class Probe:
    """Actions to simulate with the same resources and context."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: tuple[ContextEntry, ...]


def probes(policy: Mapping[str, Any], location: AwsLocation) -> Iterator[Probe]:
    """Yield one probe per Allow statement, without actions that have wildcards, which IAM can't simulate."""
    for statement in _list(policy.get("Statement")):
        actions = tuple(action for action in _list(statement.get("Action")) if "*" not in action)
        if statement.get("Effect") == "Allow" and actions:
            resources = tuple(
                _resource(pattern, location) for pattern in _list(statement.get("Resource", "*"))
            )
            yield Probe(actions, resources, tuple(_context(statement.get("Condition", {}))))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _resource(pattern: str, location: AwsLocation) -> str:
    """An ARN that the pattern matches. Where the pattern leaves partition, region or account open, those of
    the location are used.
    """
    if pattern == "*":
        return pattern
    fields = pattern.split(":", 5)
    if len(fields) == 6:
        # The policy is written for the partition aws; its README says how to change that.
        fields[1] = location.partition
        for index, value in ((3, location.region), (4, location.account)):
            fields[index] = value if fields[index] == "*" else fields[index]
    return _sample(":".join(fields))


def _context(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[ContextEntry]:
    for operator, keys in conditions.items():
        quantifier, _, plain = operator.rpartition(":")
        plain = plain.removesuffix("IfExists")
        for key, values in keys.items():
            first = str(_list(values)[0])
            if plain == "Null":
                if first == "false":
                    yield ContextEntry(key, (SAMPLE,), "string")
                continue
            # A negated operator is true for a value that differs from all listed ones.
            value = SAMPLE if "Not" in plain else _sample(first)
            yield ContextEntry(key, (value,), _type(plain) + ("List" if quantifier else ""))


def _type(operator: str) -> str:
    for prefix, name in (("Bool", "boolean"), ("Numeric", "numeric"), ("Date", "date"), ("IpAddress", "ip")):
        if operator.startswith(prefix):
            return name
    return "string"


def _sample(pattern: str) -> str:
    return pattern.replace("*", SAMPLE).replace("?", "x")
