"""Places in a resource's inputs, for tests that change one.

A place is a path with dots, where a number is an index and `!` goes into JSON text, such as
`policy!Statement.0.Effect`.
"""

from __future__ import annotations

import json
from typing import Any

ABSENT = object()
"""As a value: remove what is there."""


def put(properties: dict[str, Any], place: str, value: Any) -> None:
    """Set, add or remove what is at the place. Raises KeyError or IndexError if the path leads nowhere."""
    path, _, within = place.partition("!")
    if within:
        document = json.loads(_get(properties, path))
        put(document, within, value)
        value = json.dumps(document)
    *way, last = path.split(".")
    container = _get(properties, ".".join(way)) if way else properties
    key: Any = int(last) if isinstance(container, list) else last
    if value is ABSENT:
        del container[key]
    elif isinstance(container, list) and key == len(container):
        container.append(value)
    else:
        container[key] = value


def _get(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value
