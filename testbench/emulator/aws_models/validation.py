"""Refuses each request that AWS's own models do not allow, before moto sees it.

Requests that are not in the models are passed on: unsigned ones, actions of other services, and the pages of
this emulator. Signatures and permissions are not checked here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from emulator.aws_models import errors, operations, parsing, requests
from emulator.aws_models.constraints import violations
from emulator.aws_models.errors import Reply
from emulator.aws_models.parsing import UnreadableRequest
from emulator.http_server import Application

log = logging.getLogger(__name__)


def with_validation(application: Application) -> Application:
    """The application, which gets only requests that AWS's models allow."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        refusal = judge(requests.read(environ))
        if refusal is None:
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", refusal.content_type)])
        return [refusal.body]

    return answer


def judge(request: requests.HttpRequest) -> Reply | None:
    """The refusal, or None if the models allow the request."""
    operation = operations.find(request)
    if operation is None:
        return None
    try:
        parameters = parsing.parse(operation, request)
    except UnreadableRequest as error:
        return errors.unreadable(operation, str(error))
    shape = operation.model.input_shape
    found = list(violations(shape, parameters)) if shape is not None else []
    if not found:
        return None
    log.info("%s:%s refused: %s", operation.service.service_name, operation.name, found)
    return errors.refusal(operation, found)
