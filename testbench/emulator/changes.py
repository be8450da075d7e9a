"""Counts the requests to change something in the emulated AWS: `GET /_emulator/changes` answers the number.

The task runner polls this number, which is cheap, and reads the resources again only when it has grown.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

from emulator.http_server import Application

PATH = "/_emulator/changes"
_READING = re.compile(r"Describe|List|Get|BatchGet|Discover")
# The task runner writes logs all the time; they change nothing that it would have to read again.
_LOGGING = re.compile(r"PutLogEvents|CreateLogStream")


def with_changes(application: Application) -> Application:
    """The application, with a page at `PATH` that answers the count."""
    count = itertools.count(1)
    latest = 0

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        nonlocal latest
        if environ["PATH_INFO"] == PATH:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(latest).encode()]
        if not environ["PATH_INFO"].startswith("/_emulator") and _changes(environ):
            latest = next(count)
        return application(environ, start_response)

    return answer


def _changes(environ: dict[str, Any]) -> bool:
    action = _action(environ)
    if action is None:
        return str(environ["REQUEST_METHOD"]) not in ("GET", "HEAD")
    return not _READING.match(action) and not _LOGGING.match(action)


def _action(environ: dict[str, Any]) -> str | None:
    """The action's name in AWS's JSON and query protocols; None for other protocols."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    found = re.search(rb"(?:^|&)Action=(\w+)", body)
    return found[1].decode() if found else None
