"""The request parser is the inverse of botocore's serializers, for each operation of many services."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer

from emulator.aws_models import operations, parsing
from emulator.aws_models.requests import HttpRequest

# The services that the stack, its provider and the test bench call, and some with REST protocols.
SERVICES = [
    "application-autoscaling",
    "bedrock",
    "bedrock-runtime",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "route53",
    "route53resolver",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sts",
]
_SIGNING_NAMES = {"elbv2": "elasticloadbalancing", "bedrock-runtime": "bedrock"}
# Operations with the method and path of another one: successors of deprecated operations, and the operation
# for which S3 has another host.
_SAME_PATH = {"ListDirectoryBuckets"}
_DEPTH = 4


class _Maker:
    """Random parameters of a shape, with every member set."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def structure(self, shape: StructureShape, depth: int = 0) -> dict[str, Any]:
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            names = [self.random.choice(names)]
        made = {name: self.value(shape.members[name], depth + 1) for name in names}
        return {name: value for name, value in made.items() if value is not None}

    def value(self, shape: Shape, depth: int) -> Any:
        location = shape.serialization.get("location")
        if isinstance(shape, StructureShape):
            if shape.is_document_type:
                return {"a": [1, True]}
            return (self.structure(shape, depth) or None) if depth < _DEPTH else None
        if isinstance(shape, ListShape):
            made = [self.value(shape.member, depth + 1) for _ in range(2)]
            return None if None in made else made
        if isinstance(shape, MapShape):
            value = self.value(shape.value, depth + 1)
            return None if value is None else {f"key-{number}": value for number in range(2)}
        return self.scalar(shape, location)

    def scalar(self, shape: Shape, location: str | None) -> Any:
        match shape.type_name:
            case "boolean":
                return self.random.choice([True, False])
            case "integer" | "long":
                return self.random.randrange(100_000)
            case "float" | "double":
                return self.random.randrange(1000) / 8
            case "timestamp":
                return datetime.fromtimestamp(self.random.randrange(2**30), UTC)
            case "blob":
                return self.random.randbytes(9)
            case _:
                # Characters to be escaped in URLs, XML or JSON. A header can have only visible ASCII.
                special = "" if location in ("header", "headers", "uri") else ' &<>"%+/=é.*,'
                return "x" + "".join(self.random.choices(string.ascii_letters + special, k=9)) + "x"


def _request(model: OperationModel, parameters: dict[str, Any]) -> HttpRequest:
    """The request as botocore would send it."""
    service = model.service_model
    protocol = operations.protocol_of(service)
    serialized = create_serializer(protocol, include_validation=False).serialize_to_request(parameters, model)
    body = serialized["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    if isinstance(body, str):
        body = body.encode()
    name = _SIGNING_NAMES.get(service.service_name, service.service_name)
    scope = f"Credential=test/20260101/us-west-2/{name}/aws4_request"
    headers = {key.lower(): str(value) for key, value in serialized["headers"].items()}
    path, _, literal = serialized["url_path"].partition("?")
    query = urlencode(serialized["query_string"], doseq=True, quote_via=quote)
    return HttpRequest(
        serialized["method"],
        path,
        "&".join(part for part in (literal, query) if part),
        {**headers, "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"},
        body,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_parsing_gives_back_what_a_client_was_given(service: str) -> None:
    model = operations.service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        shape = operation.input_shape
        is_rest = operations.protocol_of(model) in ("rest-json", "rest-xml")
        if name in _SAME_PATH or (is_rest and operation.deprecated):
            continue
        for seed in range(2):
            given = _Maker(f"{name} {seed}").structure(shape) if shape is not None else {}
            request = _request(operation, given)
            found = operations.find(request)
            assert found is not None, f"{service}:{name} is not recognised"
            assert found.name == name, f"{service}:{name} is taken for {found.name}"
            assert parsing.parse(found, request) == given, f"{service}:{name}"
