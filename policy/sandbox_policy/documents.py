"""Reads IAM policy documents strictly: anything that AWS might read differently is an error."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox_policy.model import Context
from sandbox_policy.values import MalformedInputError, mapping, texts

VERSION = "2012-10-17"
"""The current version of the policy language. AWS reads a document without it by the rules of 2008, which
treat a variable such as `${aws:username}` as plain text.
"""

ELEMENTS = frozenset(
    {"Sid", "Effect", "Condition"}
    | {"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"}
)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document. None means that the document does not have the element.

    `principals` pairs a kind ("AWS", "Service", …) with a value; a bare "*" is ("*", "*").
    `conditions` are (operator, key, values).
    """

    sid: str
    allows: bool
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    principals: tuple[tuple[str, str], ...] | None
    not_principals: bool
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    label: str


def read_document(value: object, what: str, context: Context) -> tuple[Statement, ...]:
    """Parse a policy document given as a JSON string. Returns nothing if it is absent, or if a
    preview does not know it yet.

    Raises MalformedInputError if the text is not a policy document.
    """
    if value is None or context.awaits(value, what):
        return ()
    if not isinstance(value, str):
        raise MalformedInputError(f"{what} is not a JSON string: {value!r}")
    return parse_document(value, what)


def parse_document(text: str, what: str) -> tuple[Statement, ...]:
    """Parse the JSON text of a policy document; raises MalformedInputError."""
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates)
    except ValueError as error:
        raise MalformedInputError(f"{what} is not valid JSON: {error}") from error
    document = mapping(document, what)
    if document.get("Version") != VERSION:
        raise MalformedInputError(f"{what} has the Version {document.get('Version')!r}: write {VERSION}")
    raw = document.get("Statement")
    listed = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(listed, list) or not listed:
        raise MalformedInputError(f"{what} has no statements")
    statements = tuple(
        _statement(element, f"{what}: statement {index + 1}") for index, element in enumerate(listed)
    )
    sids = [statement.sid for statement in statements if statement.sid]
    for sid in set(sids):
        if sids.count(sid) > 1:
            raise MalformedInputError(f"{what} has two statements with the Sid {sid}: a Sid must be unique")
    return statements


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def _statement(raw: object, label: str) -> Statement:
    statement = mapping(raw, label)
    if unexpected := set(statement) - ELEMENTS:
        raise MalformedInputError(f"{label} has unexpected elements {sorted(unexpected)}")
    sid = statement.get("Sid", "")
    if not isinstance(sid, str):
        raise MalformedInputError(f"{label} has the Sid {sid!r}, which is not a string")
    if sid:
        label = f"statement {sid}"
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedInputError(f"{label} has the Effect {effect!r} instead of Allow or Deny")
    return Statement(
        sid=sid,
        allows=effect == "Allow",
        actions=_optional(statement, "Action", label),
        not_actions=_optional(statement, "NotAction", label),
        resources=_optional(statement, "Resource", label),
        not_resources=_optional(statement, "NotResource", label),
        principals=_principals(statement["Principal"], label) if "Principal" in statement else None,
        not_principals="NotPrincipal" in statement,
        conditions=tuple(_conditions(statement.get("Condition"), label)),
        label=label,
    )


def _optional(statement: Mapping[str, object], element: str, label: str) -> tuple[str, ...] | None:
    return texts(statement[element], f"{label}.{element}") if element in statement else None


def _principals(raw: object, label: str) -> tuple[tuple[str, str], ...]:
    if isinstance(raw, str):
        return ((raw, raw),)
    return tuple(
        (kind, value)
        for kind, values in mapping(raw, f"{label}.Principal").items()
        for value in texts(values, f"{label}.Principal")
    )


def _conditions(raw: object, label: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if raw is None:
        return
    for operator, tests in mapping(raw, f"{label}.Condition").items():
        for key, values in mapping(tests, f"{label}.Condition.{operator}").items():
            listed = json.dumps(values) if isinstance(values, bool | int | float) else values
            yield operator, key, texts(listed, f"{label}.Condition.{operator}.{key}")
