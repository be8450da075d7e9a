"""IAM's condition operators: what they compare, and which comparisons can never be true."""

import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox_policy.condition_keys import KeyType, ValueType

_SET_QUALIFIER: Final = re.compile(r"(ForAllValues|ForAnyValue):")
_IF_EXISTS: Final = "IfExists"

_COMPARISONS: Final[Mapping[frozenset[ValueType], str]] = {
    frozenset({ValueType.STRING, ValueType.ARN}): (
        "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike "
        "StringNotLike ArnEquals ArnNotEquals ArnLike ArnNotLike"
    ),
    frozenset({ValueType.NUMERIC, ValueType.DATE_OR_NUMERIC}): (
        "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan "
        "NumericGreaterThanEquals"
    ),
    frozenset({ValueType.DATE, ValueType.DATE_OR_NUMERIC}): (
        "DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals"
    ),
    frozenset({ValueType.BOOL}): "Bool",
    frozenset({ValueType.IP_ADDRESS}): "IpAddress NotIpAddress",
    frozenset(ValueType): "Null",
    frozenset(): "BinaryEquals",
}
"""Key types → the operators that can compare them. ARNs and strings can be compared by either family."""

_OPERATORS: Final = {name: types for types, names in _COMPARISONS.items() for name in names.split()}

_EXAMPLE: Final[Mapping[ValueType, str]] = {
    ValueType.STRING: "StringEquals",
    ValueType.ARN: "ArnLike",
    ValueType.BOOL: "Bool",
    ValueType.NUMERIC: "NumericEquals",
    ValueType.DATE: "DateGreaterThan",
    ValueType.DATE_OR_NUMERIC: "DateGreaterThan",
    ValueType.IP_ADDRESS: "IpAddress",
}

_ARN: Final = re.compile(r"(arn|\*):[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Operator:
    """The parts of a condition operator such as `ForAllValues:StringEqualsIfExists`.

    `qualifier` is "ForAllValues", "ForAnyValue" or empty.
    """

    base: str
    qualifier: str
    if_exists: bool

    @property
    def text(self) -> str:
        """The operator as it is written in the policy."""
        prefix = f"{self.qualifier}:" if self.qualifier else ""
        return f"{prefix}{self.base}{_IF_EXISTS if self.if_exists else ''}"

    def is_true_without_key(self, values: tuple[str, ...]) -> bool:
        """The result of the comparison for a request that does not carry the key."""
        if self.base == "Null":
            return "true" in (value.lower() for value in values)
        return self.if_exists or self.qualifier == "ForAllValues" or "Not" in self.base


def parse_operator(text: str) -> Operator | None:
    """Parse an operator. Returns None if IAM has no such operator."""
    match = _SET_QUALIFIER.match(text)
    qualifier = match[1] if match else ""
    base = text[match.end() :] if match else text
    if_exists = base.endswith(_IF_EXISTS) and base != f"Null{_IF_EXISTS}"
    base = base.removesuffix(_IF_EXISTS) if if_exists else base
    return Operator(base, qualifier, if_exists) if base in _OPERATORS else None


def operator_problem(operator: Operator, key: KeyType) -> str | None:
    """Why an operator can't compare a key of this type, and the fix; None if it can."""
    if key.value not in _OPERATORS[operator.base]:
        return f"its values are of type {key.value.value}: use {_EXAMPLE[key.value]}"
    if operator.base == "Null":
        return None
    if key.multivalued and not operator.qualifier:
        return f"it has several values: write ForAnyValue:{operator.text} or ForAllValues:{operator.text}"
    if not key.multivalued and operator.qualifier == "ForAllValues":
        plain = operator.text.removeprefix("ForAllValues:")
        return f"it has a single value, and ForAllValues is true also for requests without it: write {plain}"
    return None


def value_problem(operator: Operator, key: KeyType, value: str) -> str | None:
    """Why no request can carry this value for the key, and the fix; None if a request can."""
    literal = _VARIABLE.sub("", value)
    if operator.base == "Null" or key.value == ValueType.BOOL:
        return None if literal.lower() in ("true", "false", "") else "write true or false"
    if key.value in _READERS:
        try:
            _READERS[key.value](value)
        except ValueError:
            return f"it is not of type {key.value.value}"
        return None
    has_wildcard = "*" in literal or "?" in literal
    if operator.base.startswith("Arn") or (key.value == ValueType.ARN and not has_wildcard):
        is_variable = literal != value
        if not _ARN.fullmatch(value) and literal != "*" and not is_variable:
            return "it is not an ARN, which has six parts separated by colons"
    exact = operator.base.startswith("String") and not operator.base.endswith("Like")
    if exact and has_wildcard and (not key.free_text or value.startswith("arn:")):
        like = "ArnLike" if value.startswith("arn:") else "StringLike"
        return f"{operator.base} does not treat * and ? as wildcards: use {like}"
    return None


def _read_date(value: str) -> None:
    if not re.fullmatch(r"[0-9]+", value):  # A number is valid too: seconds since 1970.
        datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))


_READERS: Final[Mapping[ValueType, Callable[[str], object]]] = {
    ValueType.NUMERIC: float,
    ValueType.DATE: _read_date,
    ValueType.DATE_OR_NUMERIC: _read_date,
    ValueType.IP_ADDRESS: ipaddress.ip_network,
}
"""Type → function that parses a value and raises ValueError if it is invalid."""
