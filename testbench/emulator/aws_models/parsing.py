"""The parameters of a request in the shapes of AWS's model, from any of AWS's protocols.

This is the inverse of botocore's serializers, and the tests compare it with them. A member that the model
does not have keeps its name on the wire, and a value that is not of the model's type stays as it is;
`constraints` reports both.
"""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.utils import parse_timestamp

from emulator.aws_models.operations import Operation
from emulator.aws_models.requests import HttpRequest

Parameters = dict[str, Any]

_INTEGERS = ("integer", "long")
_FLOATS = ("float", "double")


class UnreadableRequest(ValueError):
    """The body is not in the protocol of the service; the message says why."""


def parse(operation: Operation, request: HttpRequest) -> Parameters:
    """Raises `UnreadableRequest`."""
    shape = operation.model.input_shape
    match operation.protocol:
        case "json":
            return _json_structure(shape, _json_body(request)) if shape else {}
        case "query" | "ec2" as protocol:
            return _query(shape, protocol, request)
        case _:
            return _rest(operation, shape, request) if shape else {}


# --- scalars: text on the wire


def _scalar(shape: Shape, text: str) -> Any:
    """The text converted to the model's type, or unchanged if it cannot be converted."""
    try:
        return _typed(shape, text)
    except (ValueError, OverflowError):
        return text


def _typed(shape: Shape, text: str) -> Any:
    kind = shape.type_name
    if kind in _INTEGERS:
        return int(text)
    if kind in _FLOATS:
        return float(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "blob":
        return base64.b64decode(text, validate=True)
    if kind == "timestamp":
        return _time(text)
    return text


def _time(value: Any) -> datetime:
    """A time from seconds since 1970, or from text in any of AWS's formats."""
    return parse_timestamp(value).astimezone(UTC)


# --- JSON


def _json_body(request: HttpRequest) -> Any:
    if not request.body:
        return {}
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise UnreadableRequest(f"The body is not JSON: {error}") from None


def _json(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        value = value if shape.is_document_type else _json_structure(shape, value)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        value = [_json(shape.member, one) for one in value]
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        value = {key: _json(shape.value, one) for key, one in value.items()}
    elif shape.type_name in ("blob", "timestamp") and isinstance(value, str):
        value = _scalar(shape, value)
    elif shape.type_name == "timestamp" and _is_number(value):
        value = _time(value)
    elif shape.type_name in _FLOATS and _is_number(value):
        value = float(value)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json_structure(shape: StructureShape, body: Any) -> Parameters:
    if not isinstance(body, dict):
        raise UnreadableRequest("The body is not a JSON object.")
    names = {_json_name(name, member): name for name, member in shape.members.items()}
    result: Parameters = {}
    for key, value in body.items():
        if key not in names:
            result[key] = value
        elif value is not None:  # null means that the member is absent
            result[names[key]] = _json(shape.members[names[key]], value)
    return result


def _json_name(name: str, member: Shape) -> str:
    return str(member.serialization.get("name", name))


# --- query and EC2: names such as `Tag.1.Key`

# One level of the dotted names: the level below each part, and under "" the value of a name that ends here.
_Tree = dict[str, Any]
# Parameters that every query request has besides those of the operation.
_COMMON = ("Action", "Version")


def _query(shape: StructureShape | None, protocol: str, request: HttpRequest) -> Parameters:
    tree: _Tree = {}
    text = "&".join(one for one in (request.query, request.body.decode("utf-8", "replace")) if one)
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in _COMMON:
            continue
        level = tree
        for part in name.split("."):
            level = level.setdefault(part, {})
        level[""] = value
    if shape is None:
        return {name: below.get("") for name, below in tree.items()}
    return _QueryReader(protocol).structure(shape, tree)


class _QueryReader:
    """Reads the query protocol or EC2's variant, which has capitalised names and only flattened lists."""

    def __init__(self, protocol: str) -> None:
        self._is_ec2 = protocol == "ec2"

    def structure(self, shape: StructureShape, tree: _Tree) -> Parameters:
        left = dict(tree)
        left.pop("", None)
        found = {}
        for name, member in shape.members.items():
            below = left.pop(self._name_of(name, member), None)
            if below is not None:
                found[name] = self._value(member, below)
        return {**found, **{name: _text_of(below) for name, below in left.items()}}

    def _name_of(self, name: str, member: Shape) -> str:
        if self._is_ec2:
            on_wire = member.serialization.get("queryName")
            if on_wire is None:
                location = str(member.serialization.get("name", name))
                on_wire = location[0].upper() + location[1:] if "name" in member.serialization else name
            return str(on_wire)
        if isinstance(member, ListShape) and member.serialization.get("flattened"):
            return str(member.member.serialization.get("name", member.serialization.get("name", name)))
        return str(member.serialization.get("name", name))

    def _value(self, shape: Shape, tree: _Tree) -> Any:
        if isinstance(shape, StructureShape):
            return self.structure(shape, tree)
        if isinstance(shape, ListShape):
            return self._list(shape, tree)
        if isinstance(shape, MapShape):
            return self._map(shape, tree)
        if tree.keys() != {""}:
            return tree  # a structure where the model has a scalar
        return _scalar(shape, tree[""])

    def _list(self, shape: ListShape, tree: _Tree) -> Any:
        if tree == {"": ""}:
            return []  # the query protocol's form of an empty list
        if not self._is_ec2 and not shape.serialization.get("flattened"):
            tree = tree.get(shape.member.serialization.get("name", "member"), tree)
        if not all(number.isdecimal() for number in tree):
            return _text_of(tree)
        return [self._value(shape.member, below) for below in _in_order(tree)]

    def _map(self, shape: MapShape, tree: _Tree) -> Any:
        entries = tree if shape.serialization.get("flattened") else tree.get("entry", {})
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        return {
            entry[key][""]: self._value(shape.value, entry[value])
            for entry in _in_order(entries)
            if key in entry and value in entry
        }


def _in_order(numbered: _Tree) -> Iterator[_Tree]:
    for number in sorted((one for one in numbered if one.isdecimal()), key=int):
        yield numbered[number]


def _text_of(tree: _Tree) -> Any:
    """The text or the parts of a parameter that the model does not have."""
    return tree[""] if tree.keys() == {""} else tree


# --- REST: parameters in path, query, headers and body


def _rest(operation: Operation, shape: StructureShape, request: HttpRequest) -> Parameters:
    query: dict[str, list[str]] = {}
    for key, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(key, []).append(value)
    found: Parameters = {}
    for name, member in shape.members.items():
        on_wire = str(member.serialization.get("name", name))
        match member.serialization.get("location"):
            case "uri" if on_wire in operation.path_parameters:
                found[name] = _scalar(member, unquote(operation.path_parameters[on_wire]))
            case "querystring" if isinstance(member, MapShape):
                own = {other.serialization.get("name", key) for key, other in shape.members.items()}
                found[name] = _query_map(member, {key: query[key] for key in query.keys() - own})
            case "querystring" if on_wire in query:
                found[name] = _query_value(member, query[on_wire])
            case "headers":
                found[name] = _header_map(on_wire.lower(), request.headers)
            case "header" if on_wire.lower() in request.headers:
                found[name] = _header(member, request.headers[on_wire.lower()])
    return {**_present(found), **_rest_body(operation, shape, request)}


def _present(found: Parameters) -> Parameters:
    """The parameters without empty maps, which no client sends."""
    return {name: value for name, value in found.items() if value != {}}


def _query_value(member: Shape, values: list[str]) -> Any:
    if isinstance(member, ListShape):
        return [_scalar(member.member, value) for value in values]
    return _scalar(member, values[0])


def _query_map(member: MapShape, values: Mapping[str, list[str]]) -> Any:
    return {key: _query_value(member.value, texts) for key, texts in values.items()}


def _header_map(prefix: str, headers: Mapping[str, str]) -> Any:
    return {key.removeprefix(prefix): value for key, value in headers.items() if key.startswith(prefix)}


def _header(member: Shape, text: str) -> Any:
    if isinstance(member, ListShape):
        # Parts with a comma are quoted (RFC 9110, section 5.6.4).
        parts = next(csv.reader([text], skipinitialspace=True, doublequote=False, escapechar="\\"))
        return [_scalar(member.member, part) for part in parts]
    if member.serialization.get("jsonvalue"):
        return base64.b64decode(text).decode()
    return _scalar(member, text)


def _rest_body(operation: Operation, shape: StructureShape, request: HttpRequest) -> Parameters:
    payload = shape.serialization.get("payload")
    if payload is None:
        read = _json_structure if operation.protocol == "rest-json" else _xml_root
        in_body = {
            name: member for name, member in shape.members.items() if "location" not in member.serialization
        }
        return read(shape, _parsed_body(operation, request)) if in_body and request.body else {}
    member = shape.members[payload]
    if not request.body:
        return {}
    if member.type_name == "string":
        return {payload: request.body.decode("utf-8", "replace")}
    if member.type_name == "blob":
        return {payload: request.body}
    body = _parsed_body(operation, request)
    value = _json(member, body) if operation.protocol == "rest-json" else _xml(member, [body])
    return {payload: value}


def _parsed_body(operation: Operation, request: HttpRequest) -> Any:
    if operation.protocol == "rest-json":
        return _json_body(request)
    try:
        return ElementTree.fromstring(request.body)
    except ElementTree.ParseError as error:
        raise UnreadableRequest(f"The body is not XML: {error}") from None


def _xml_root(shape: StructureShape, node: ElementTree.Element) -> Parameters:
    value = _xml(shape, [node])
    assert isinstance(value, dict)
    return value


def _xml(shape: Shape, nodes: list[ElementTree.Element]) -> Any:
    """The value. There are several `nodes` only for a flattened list or map."""
    if isinstance(shape, StructureShape):
        return _xml_structure(shape, nodes[0])
    if isinstance(shape, ListShape):
        items = nodes if shape.serialization.get("flattened") else list(nodes[0])
        return [_xml(shape.member, [item]) for item in items]
    if isinstance(shape, MapShape):
        entries = nodes if shape.serialization.get("flattened") else list(nodes[0])
        return dict(_xml_entry(shape, entry) for entry in entries)
    return _scalar(shape, nodes[0].text or "")


def _xml_entry(shape: MapShape, entry: ElementTree.Element) -> tuple[str, Any]:
    parts = {_tag(part): part for part in entry}
    key = parts[shape.key.serialization.get("name", "key")]
    value = parts[shape.value.serialization.get("name", "value")]
    return key.text or "", _xml(shape.value, [value])


def _xml_structure(shape: StructureShape, node: ElementTree.Element) -> Parameters:
    found: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        found.setdefault(_tag(child), []).append(child)
    result: Parameters = {}
    for name, member in shape.members.items():
        on_wire = str(member.serialization.get("name", name))
        if member.serialization.get("xmlAttribute"):
            attributes = {key.rpartition("}")[2]: value for key, value in node.attrib.items()}
            if on_wire.rpartition(":")[2] in attributes:
                result[name] = attributes[on_wire.rpartition(":")[2]]
            continue
        if isinstance(member, ListShape) and member.serialization.get("flattened"):
            on_wire = str(member.serialization.get("name", member.member.serialization.get("name", name)))
        if "location" not in member.serialization and on_wire in found:
            result[name] = _xml(member, found.pop(on_wire))
    return {**result, **{tag: nodes[0].text for tag, nodes in found.items()}}


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
