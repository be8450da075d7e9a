"""How often the emulated AWS was asked to change something: `GET /_emulator/changes`, a number.

Whoever follows the emulator asks for it often, which costs next to nothing, and reads everything only when it
has grown.
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
# A follower's own writing, about which there is nothing to follow.
_LOGGING = re.compile(r"PutLogEvents|CreateLogStream")


def with_changes(application: Application) -> Application:
    """The application, which also counts."""
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
    """The action's name as AWS's JSON and query protocols carry it; None for the others."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    found = re.search(rb"(?:^|&)Action=(\w+)", body)
    return found[1].decode() if found else None
