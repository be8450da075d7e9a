"""The error that a service answers to a request that its model does not allow, in the service's protocol."""

from __future__ import annotations

import html
import json
import uuid
from dataclasses import dataclass

from botocore.model import ServiceModel

from emulator.aws_models.constraints import Kind, Violation
from emulator.aws_models.operations import Operation

# Codes of services that do not answer ValidationException, each from the errors that the service's API
# reference lists.
_CODES = {
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "route53": "InvalidInput",
    "s3": "InvalidRequest",
    "servicediscovery": "InvalidInput",
}
# EC2 guide, "Error codes for the Amazon EC2 API".
_EC2_CODES = {
    Kind.MISSING: "MissingParameter",
    Kind.UNKNOWN: "UnknownParameter",
    Kind.VALUE: "InvalidParameterValue",
}


@dataclass(frozen=True)
class Reply:
    """An HTTP reply with status 400."""

    content_type: str
    body: bytes


def refusal(operation: Operation, found: list[Violation]) -> Reply:
    """The error for violations. It names the operation, and each member with its value and the rule."""
    count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
    details = "; ".join(map(str, found))
    return reply(
        operation, _code(operation.service, operation.protocol, found[0].kind), f"{count}: {details}"
    )


def unreadable(operation: Operation, reason: str) -> Reply:
    """The error for a body that is not in the service's protocol."""
    is_query = operation.protocol in ("query", "ec2")
    return reply(operation, "MalformedQueryString" if is_query else "SerializationException", reason)


def reply(operation: Operation, code: str, message: str) -> Reply:
    """The error in the service's protocol."""
    message = f"{operation.name}: {message}"
    request_id = str(uuid.uuid4())
    if operation.protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message})
        return Reply("application/x-amz-json-1.1", body.encode())
    text = f"<Code>{code}</Code><Message>{html.escape(message, quote=False)}</Message>"
    request = f"<RequestId>{request_id}</RequestId>"
    if operation.protocol == "ec2":
        text = (
            f"<Response><Errors><Error>{text}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    elif operation.service.service_name == "s3":
        text = f"<Error>{text}{request}</Error>"
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error>{request}</ErrorResponse>"
    return Reply("text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def _code(service: ServiceModel, protocol: str, kind: Kind) -> str:
    if protocol == "ec2":
        return _EC2_CODES[kind]
    if protocol == "query":
        return "ValidationError"  # IAM's and Elastic Load Balancing's "Common errors"
    return _CODES.get(service.service_name, "ValidationException")
