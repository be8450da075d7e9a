"""What AWS's service models say of parameters: required, type, length, range, pattern, enum, prose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from emulator.aws_models import patterns, prose

_NUMBERS = ("integer", "long", "float", "double")
_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "blob": (bytes,),
    "timestamp": (datetime,),
    "string": (str,),
}
_SHOWN = 200  # characters of a value in a message


class Kind(Enum):
    """The kind of a violation, on which AWS's error code depends."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    VALUE = "value"


@dataclass(frozen=True)
class Violation:
    """`member` is named as AWS does it: `containerDefinitions.1.member.name`. `rule` is AWS's sentence."""

    kind: Kind
    member: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"Value {self.value} at '{self.member}' failed to satisfy constraint: {self.rule}"


def violations(shape: Shape, value: Any, member: str = "") -> Iterator[Violation]:
    """Everything in the value that the shape does not allow."""
    if not _is_of_type(shape, value):
        if not getattr(shape, "is_document_type", False):
            yield _violation(shape, value, member, f"Member must be of type {shape.type_name}")
    elif isinstance(shape, StructureShape):
        yield from _structure(shape, value, member)
    elif isinstance(shape, ListShape):
        yield from _list(shape, value, member)
    elif isinstance(shape, MapShape):
        yield from _map(shape, value, member)
    elif shape.type_name in _NUMBERS:
        yield from _number(shape, value, member)
    elif isinstance(value, str | bytes):
        yield from _text(shape, value, member)


def _is_of_type(shape: Shape, value: Any) -> bool:
    expected = _TYPES.get(shape.type_name, (object,))
    # In Python a Boolean is a number too; in AWS's models it is not.
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def _violation(shape: Shape, value: Any, member: str, rule: str) -> Violation:
    # AWS echoes values, except those that its model calls sensitive, such as a secret.
    shown = "[hidden]" if shape.metadata.get("sensitive") else repr(value)
    cut = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return Violation(Kind.VALUE, member, cut, rule)


def _structure(shape: StructureShape, value: dict[str, Any], member: str) -> Iterator[Violation]:
    if shape.is_document_type:
        return
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield _violation(shape, value, member, "Member must have exactly one of its members set")
    for name in shape.required_members:
        if name not in value:
            yield Violation(Kind.MISSING, _join(member, name), "null", "Member must not be null")
    for name, one in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], one, _join(member, name))
        else:
            known = ", ".join(sorted(shape.members))
            rule = f"Member is unknown; known are: {known}"
            yield Violation(Kind.UNKNOWN, _join(member, name), repr(one)[:_SHOWN], rule)


def _join(member: str, name: str) -> str:
    return f"{member}.{name}" if member else name


def _list(shape: ListShape, value: list[Any], member: str) -> Iterator[Violation]:
    written = _prose_of(shape)
    most = shape.metadata.get("max", written.items)
    yield from _size(shape, value, len(value), member, most)
    for number, one in enumerate(value, 1):
        place = f"{member}.{number}.member"
        yield from violations(shape.member, one, place)
        if written.values and isinstance(one, str) and one not in written.values:
            yield _violation(shape.member, one, place, _enum_rule(written.values))


def _map(shape: MapShape, value: dict[str, Any], member: str) -> Iterator[Violation]:
    yield from _size(shape, value, len(value), member, shape.metadata.get("max", _prose_of(shape).items))
    for key, one in value.items():
        yield from violations(shape.key, key, f"{member}.key")
        yield from violations(shape.value, one, f"{member}.{key}.value")


def _size(shape: Shape, value: Any, size: int, member: str, most: Any) -> Iterator[Violation]:
    least = shape.metadata.get("min")
    if least is not None and size < int(least):
        rule = f"Member must have length greater than or equal to {least}"
        yield _violation(shape, value, member, rule)
    if most is not None and size > int(most):
        yield _violation(shape, value, member, f"Member must have length less than or equal to {most}")


def _number(shape: Shape, value: float, member: str) -> Iterator[Violation]:
    written = _prose_of(shape)
    span = written.span or (None, None)
    least, most = shape.metadata.get("min", span[0]), shape.metadata.get("max", span[1])
    if least is not None and value < float(least):
        yield _violation(shape, value, member, f"Member must have value greater than or equal to {least}")
    if most is not None and value > float(most):
        yield _violation(shape, value, member, f"Member must have value less than or equal to {most}")
    if written.values and str(value) not in written.values:
        yield _violation(shape, value, member, _enum_rule(written.values))


def _text(shape: Shape, value: str | bytes, member: str) -> Iterator[Violation]:
    written = _prose_of(shape)
    yield from _size(shape, value, len(value), member, shape.metadata.get("max", written.length))
    if isinstance(value, bytes):
        return
    enum, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if enum and value not in enum:
        yield _violation(shape, value, member, _enum_rule(enum))
    if pattern and not patterns.matcher(pattern).fullmatch(value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        yield _violation(shape, value, member, rule)
    if written.values and not enum and value not in written.values:
        yield _violation(shape, value, member, _enum_rule(written.values))
    yield from _characters(shape, value, member, written)


def _characters(shape: Shape, value: str, member: str, written: prose.Prose) -> Iterator[Violation]:
    # If there is a formal pattern, its paraphrase is ignored, since it leaves characters out (ECR, KMS).
    if written.characters is not None and not shape.metadata.get("pattern"):
        wrong = sorted(set(value) - written.characters)
        if wrong:
            allowed = "".join(sorted(written.characters))
            rule = f"Member must not contain {''.join(wrong)!r}; allowed characters are: {allowed}"
            yield _violation(shape, value, member, rule)
    if written.start is not None and not value.startswith(written.start):
        yield _violation(shape, value, member, f"Member must start with {written.start!r}")
    for text in written.forbidden_starts:
        if value.startswith(text):
            yield _violation(shape, value, member, f"Member must not start with {text!r}")
    for text in written.forbidden_ends:
        if value.endswith(text):
            yield _violation(shape, value, member, f"Member must not end with {text!r}")


def _enum_rule(values: Any) -> str:
    return f"Member must satisfy enum value set: [{', '.join(sorted(values))}]"


def _prose_of(shape: Shape) -> prose.Prose:
    return prose.read(shape.documentation or "")
