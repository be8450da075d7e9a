"""IAM policy documents: who may do what on which resources, and under which conditions."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Condition = tuple[str, str, tuple[str, ...]]
"""Operator, key and values of a condition, as in the document."""


@dataclass(frozen=True)
class Statement:
    """One statement, with every element as a tuple. `excludes` is true if it uses NotAction, NotResource
    or NotPrincipal.

    Principals are written KIND:VALUE; a bare "*" is "*:*".
    """

    allows: bool
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    excludes: bool

    def values_of(self, key: str, *operators: str) -> tuple[str, ...] | None:
        """The values that a condition with one of the operators requires of `key`, or None if there is
        no such condition.
        """
        for operator, name, values in self.conditions:
            if operator in operators and name.lower() == key.lower():
                return values
        return None

    def __str__(self) -> str:
        verb = "may" if self.allows else "may not"
        limits = "".join(f" if {key} {operator} {'|'.join(v)}" for operator, key, v in self.conditions)
        who = f"{', '.join(self.principals)} " if self.principals else ""
        but = "all but " if self.excludes else ""
        return (
            f"{who}{verb} {but}{', '.join(self.actions)} on {', '.join(self.resources) or 'itself'}{limits}"
        )


def parse(document: str | Mapping[str, object] | None) -> tuple[Statement, ...]:
    """Parse a policy document. None and empty text have no statements; raises ValueError for invalid ones."""
    if not document:
        return ()
    content = json.loads(document) if isinstance(document, str) else document
    raw = content.get("Statement", []) if isinstance(content, Mapping) else None
    statements = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(statements, list):
        raise ValueError(f"not a policy document: {document!r}")
    return tuple(_statement(statement) for statement in statements)


def _statement(raw: Mapping[str, object]) -> Statement:
    return Statement(
        allows=raw["Effect"] == "Allow",
        principals=tuple(_principals(raw.get("Principal", raw.get("NotPrincipal")))),
        actions=_strings(raw.get("Action", raw.get("NotAction", ()))),
        resources=_strings(raw.get("Resource", raw.get("NotResource", ()))),
        conditions=tuple(_conditions(raw.get("Condition"))),
        excludes=any(element in raw for element in ("NotAction", "NotResource", "NotPrincipal")),
    )


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _principals(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{value}:{value}"
    elif isinstance(value, Mapping):
        for kind, names in value.items():
            yield from (f"{kind}:{name}" for name in _strings(names))


def _conditions(value: object) -> Iterator[Condition]:
    if isinstance(value, Mapping):
        for operator, tests in value.items():
            for key, wanted in tests.items():
                yield operator, key, _strings(wanted) or (json.dumps(wanted),)


def within(pattern: str, *limits: str) -> bool:
    """Whether one of the limits also matches everything that `pattern` matches.

    Only a `*` in a limit covers a wildcard in the pattern. If in doubt the answer is no.
    """
    for limit in limits:
        expression = "".join({"*": ".*", "?": "[^*]"}.get(char, re.escape(char)) for char in limit)
        if re.fullmatch(expression, pattern, re.DOTALL):
            return True
    return False
