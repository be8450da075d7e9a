"""Logs JSON lines to standard output. They contain no typed text, no image and no secret; see `redact`."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

_PLAIN_FIELDS = frozenset(
    {
        "action",
        "coordinate",
        "start_coordinate",
        "region",
        "scroll_direction",
        "scroll_amount",
        "duration",
        "repeat",
        "restart",
        "path",
        "view_range",
        "insert_line",
    }
)


def start_logging(component: str) -> None:
    """Log this process's records to standard output as JSON lines with this `component`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLine(component))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def redact(tool_input: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's input as it may be logged: positions, numbers and choices unchanged, texts replaced by their
    length."""
    return {
        field: value
        if field in _PLAIN_FIELDS
        else {"characters": len(value)}
        if isinstance(value, str)
        else "…"
        for field, value in tool_input.items()
        if value is not None
    }


class _JsonLine(logging.Formatter):
    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def format(self, record: logging.LogRecord) -> str:
        """One line, with the logging call's `extra={"fields": {...}}` merged in. Of an exception it shows the
        type and the stack only, because the message may quote what was typed."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "component": self._component,
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)
