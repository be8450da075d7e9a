"""Which operation of which service a request asks for.

A signed request names its service in the credential scope of its signature. Some services share that name;
among them, the protocol decides: by the target header (JSON), the API version (query), or the method and path
(REST).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

from emulator.aws_models.requests import HttpRequest

QUERY_PROTOCOLS = ("query", "ec2")

_CREDENTIAL = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([^/,]+)/aws4_request")
_session = botocore.session.Session()


@dataclass(frozen=True)
class Operation:
    """An operation of a service, and the parameters in the request's path."""

    service: ServiceModel
    model: OperationModel
    protocol: str
    path_parameters: dict[str, str]

    @property
    def name(self) -> str:
        return self.model.name


def find(request: HttpRequest) -> Operation | None:
    """The operation, or None if the request is not signed or not in AWS's models."""
    signature = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if signature is None:
        return None
    for name in _candidates(signature[1].lower()):
        found = _find_in(service_model(name), request)
        if found is not None:
            return found
    return None


@cache
def service_model(name: str) -> ServiceModel:
    """The newest model of a service, by botocore's name of the service."""
    return ServiceModel(_session.get_component("data_loader").load_service_model(name, "service-2"), name)


def protocol_of(service: ServiceModel) -> str:
    """The protocol that clients use over HTTP/1.1 and a custom endpoint, if a service has several."""
    protocols = service.metadata.get("protocols") or [service.metadata["protocol"]]
    return str(next(one for one in protocols if one != "smithy-rpc-v2-cbor"))


# Signing names that differ from botocore's name of the service, or that several services share.
_SHARED_NAMES = {
    "bedrock": ("bedrock", "bedrock-runtime"),
    "elasticloadbalancing": ("elbv2", "elb"),
    "monitoring": ("cloudwatch",),
    "servicequotas": ("service-quotas",),
    "tagging": ("resourcegroupstaggingapi",),
}


@cache
def _candidates(signing_name: str) -> tuple[str, ...]:
    if signing_name in _SHARED_NAMES:
        return _SHARED_NAMES[signing_name]
    known = _session.get_available_services()
    return (signing_name,) if signing_name in known else ()


def _find_in(service: ServiceModel, request: HttpRequest) -> Operation | None:
    protocol = protocol_of(service)
    if protocol == "json":
        return _by_target(service, request)
    if protocol in QUERY_PROTOCOLS:
        return _by_action(service, protocol, request)
    return _by_path(service, protocol, request)


def _by_target(service: ServiceModel, request: HttpRequest) -> Operation | None:
    prefix, _, action = request.headers.get("x-amz-target", "").rpartition(".")
    if prefix != service.metadata["targetPrefix"]:
        return None
    return _named(service, action, "json")


def _by_action(service: ServiceModel, protocol: str, request: HttpRequest) -> Operation | None:
    text = request.query or request.body.decode("utf-8", "replace")
    values = parse_qs(text, keep_blank_values=True)
    if values.get("Version", [service.api_version]) != [service.api_version]:
        return None
    return _named(service, values.get("Action", [""])[0], protocol)


def _named(service: ServiceModel, action: str, protocol: str) -> Operation | None:
    try:
        return Operation(service, service.operation_model(action), protocol, {})
    except OperationNotFoundError:
        return None


@dataclass(frozen=True)
class _Route:
    """The method, path, query and headers of a REST operation.

    `query` must be in the request as it is; `needed` has the names of query parameters and headers that must
    be there. Of several routes that fit a request, the one with the most demands is meant.
    """

    model: OperationModel
    path: re.Pattern[str]
    labels: tuple[str, ...]
    query: dict[str, list[str]]
    needed: tuple[set[str], set[str]]
    literal: int

    def demands(self) -> tuple[int, int]:
        return len(self.query) + sum(map(len, self.needed)), self.literal

    def fits(self, request: HttpRequest, asked: dict[str, list[str]]) -> bool:
        in_query, in_headers = self.needed
        return (
            self.model.http["method"] == request.method
            and all(asked.get(key) == values for key, values in self.query.items())
            and in_query <= asked.keys()
            and in_headers <= request.headers.keys()
        )


def _by_path(service: ServiceModel, protocol: str, request: HttpRequest) -> Operation | None:
    asked = parse_qs(request.query, keep_blank_values=True)
    for route in _routes(service.service_name):
        matched = route.path.fullmatch(request.path)
        if matched and route.fits(request, asked):
            return Operation(
                service, route.model, protocol, dict(zip(route.labels, matched.groups(), strict=True))
            )
    return None


_LABEL = re.compile(r"\{([^}]+)\}")


@cache
def _routes(name: str) -> list[_Route]:
    service = service_model(name)
    models = [service.operation_model(one) for one in service.operation_names]
    # S3 has deprecated operations with the same path as their successors.
    routes = [_route(model) for model in models if not model.deprecated]
    return sorted(routes, key=_Route.demands, reverse=True)


def _route(model: OperationModel) -> _Route:
    path, _, query = str(model.http["requestUri"]).partition("?")
    parts: list[Any] = _LABEL.split(path)
    expression = "".join(
        re.escape(part) if number % 2 == 0 else "(.+)" if part.endswith("+") else "([^/]+)"
        for number, part in enumerate(parts)
    )
    return _Route(
        model,
        re.compile(expression),
        tuple(label.rstrip("+") for label in parts[1::2]),
        parse_qs(query, keep_blank_values=True),
        (_required(model, "querystring"), _required(model, "header")),
        sum(len(part) for part in parts[::2]),
    )


def _required(model: OperationModel, location: str) -> set[str]:
    shape = model.input_shape
    members = [shape.members[name] for name in shape.required_members] if shape is not None else []
    names = (one.serialization["name"] for one in members if one.serialization.get("location") == location)
    return {name if location == "querystring" else name.lower() for name in names}
