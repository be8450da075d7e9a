"""Takes secrets out of everything that is recorded, logged, shown or sent to the model."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 8
PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{32,}")


class Redactor:
    """Replaces known secrets, in the spellings they travel in, by their names. Thread-safe."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._lock = threading.Lock()
        self._secrets: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        for name, value in (secrets or {}).items():
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """Know one more secret; what it was before under that name stays known.

        Raises:
            ValueError: shorter than 8 characters, where replacing would mangle ordinary text.
        """
        if len(value) < SHORTEST_SECRET:
            raise ValueError(f"a secret has at least {SHORTEST_SECRET} characters")
        with self._lock:
            for spelling in _spellings(value):
                self._names[spelling] = name
            longest_first = sorted(self._names, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(spelling) for spelling in longest_first))

    def text(self, value: str) -> str:
        """`value` with each secret replaced by `[redacted: NAME]`."""
        pattern = self._pattern
        if pattern is None:
            return value
        return pattern.sub(lambda match: f"[redacted: {self._names[match[0]]}]", value)

    def value(self, value: Any) -> Any:
        """The same for every string in a JSON value, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {
                self.text(key) if isinstance(key, str) else key: self.value(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def growing_text(self, value: str) -> str:
        """Like `text`, for text that is still arriving: an end that may become a secret is held back."""
        names = self._names
        longest = min(max(map(len, names), default=0), len(value) + 1)
        for length in range(longest - 1, 3, -1):
            tail = value[-length:]
            if any(spelling.startswith(tail) for spelling in names):
                return self.text(value[:-length])
        return self.text(value)


def _spellings(secret: str) -> set[str]:
    """How a secret may look in text, JSON, a URL, HTML, Basic authentication; of a PEM also each of its
    lines.
    """
    plain = {secret}
    if "-----BEGIN" in secret:
        plain |= set(PEM_LINE.findall(secret))
    spellings: set[str] = set()
    for value in plain:
        spellings |= {
            value,
            json.dumps(value)[1:-1],
            json.dumps(value, ensure_ascii=False)[1:-1],
            quote(value, safe=""),
            quote_plus(value),
            html.escape(value),
            base64.b64encode(value.encode()).decode().rstrip("="),
        }
    return {spelling for spelling in spellings if len(spelling) >= SHORTEST_SECRET}
