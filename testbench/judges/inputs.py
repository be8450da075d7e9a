"""A resource's inputs during their conversion. Each must be read, so that none is forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Properties = dict[str, Any]
Reference = Callable[[str, str], Any]
"""Returns the CloudFormation reference for the text of an input, or the text itself."""

_EMPTY: tuple[Any, ...] = (None, "", [], {})


class Unconverted(Exception):
    """The conversion lacks something that has to be added to `judges.conversions`."""


class Inputs:
    """Reads inputs by Pulumi's names; an unset or empty input counts as absent."""

    def __init__(self, label: str, values: Mapping[str, Any], reference: Reference) -> None:
        self._label = label
        self._values = {key: value for key, value in values.items() if value not in _EMPTY}
        self._reference = reference
        self._read: set[str] = set()

    def take(self, key: str) -> Any:
        """The input, with references in place of other resources' names; None if it is absent."""
        self._read.add(key)
        return self._refer(key, self._values.get(key))

    def document(self, key: str) -> Any:
        """An input that is JSON text, parsed; None if it is absent."""
        self._read.add(key)
        text = self._values.get(key)
        return None if text is None else self._refer(key, json.loads(text))

    def properties(self, *keys: str, **renamed: str) -> Properties:
        """CloudFormation's properties for these inputs, of the same names or renamed: `Theirs="ours"`."""
        found = {pascal_case(key): pascal(self.take(key)) for key in keys}
        found |= {theirs: pascal(self.take(ours)) for theirs, ours in renamed.items()}
        return present(found)

    def leave_out(self, *keys: str) -> None:
        """Mark inputs as read that control the provider and are not a property of the resource in AWS."""
        self._read.update(keys)

    def must_be_read(self) -> None:
        """Raises `Unconverted` when an input was neither taken nor left out."""
        unread = sorted(self._values.keys() - self._read)
        if unread:
            raise Unconverted(
                f"{self._label}: the conversion to CloudFormation lacks its inputs {', '.join(unread)}"
            )

    def _refer(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._refer(key, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._refer(key, one) for one in value]
        return self._reference(key, value) if isinstance(value, str) else value


def present(properties: Properties) -> Properties:
    """The properties without the unset and empty ones."""
    return {key: value for key, value in properties.items() if value not in _EMPTY}


def pascal_case(name: str) -> str:
    """`dnsRecords` as CloudFormation writes it: `DnsRecords`."""
    return name[0].upper() + name[1:]


def pascal(value: Any) -> Any:
    """The value with all names in it as CloudFormation writes them; references stay as they are."""
    if isinstance(value, dict):
        if value.keys() in ({"Ref"}, {"Fn::GetAtt"}):
            return value
        return {pascal_case(key): pascal(one) for key, one in value.items() if one not in _EMPTY}
    if isinstance(value, list):
        return [pascal(one) for one in value]
    return value
