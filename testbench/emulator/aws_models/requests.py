"""An HTTP request to an AWS service, with its body."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class HttpRequest:
    """`path` is not percent-decoded, `query` has no question mark, names in `headers` are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters such as the character set."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def read(environ: dict[str, Any]) -> HttpRequest:
    """The request of a WSGI environment. Puts the body back, so that it can be read again."""
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    path = environ["RAW_URI"].partition("?")[0]
    return HttpRequest(environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], headers, body)
