"""Recorded HTTP requests to AWS: which action they ask for, and when two of them are the same."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

# Random values by which AWS recognises a repeated request; they differ in each recording.
_TOKENS = {"ClientToken", "clientToken", "ClientRequestToken", "CreatorRequestId"}
_READING = re.compile(r"Describe|List|Get|BatchGet")


@dataclass(frozen=True)
class Exchange:
    """One HTTP request to AWS and its answer. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int = 0
    answer: bytes = b""

    @property
    def service(self) -> str:
        """The service in the signature's credential scope, such as `ec2`."""
        found = re.search(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        return found[1] if found else ""

    @property
    def action(self) -> str:
        """The action's name in AWS's JSON and query protocols."""
        target = self.headers.get("x-amz-target")
        if target:
            return target.rpartition(".")[2]
        return dict(parse_qsl(self.body.decode())).get("Action", "")

    @property
    def changes(self) -> bool:
        """Whether the request is for more than reading."""
        return not _READING.match(self.action)

    @property
    def is_json(self) -> bool:
        return "x-amz-target" in self.headers

    def with_body(self, body: bytes) -> Exchange:
        return replace(self, body=body)

    def parameters(self) -> Counter[tuple[str, str]]:
        """Each parameter's place and value, without the order in lists and without the client's tokens."""
        if self.is_json:
            return Counter(_leaves("", json.loads(self.body or b"{}")))
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
        return Counter(
            (re.sub(r"\.\d+(?=\.|$)", ".#", key), value) for key, value in pairs if key not in _TOKENS
        )


def _leaves(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            if key not in _TOKENS:
                yield from _leaves(f"{place}.{key}", one)
    elif isinstance(value, list) and value:
        for one in value:
            yield from _leaves(f"{place}.#", one)
    else:
        yield place, json.dumps(value)


class Recorded:
    """Finds recorded exchanges by what they ask for."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._same: dict[object, list[Exchange]] = defaultdict(list)
        self._exchanges = exchanges
        self._alike: dict[object, list[tuple[int, Counter[tuple[str, str]]]]] = defaultdict(list)
        for number, exchange in enumerate(exchanges):
            parameters = exchange.parameters()
            self._same[_key(exchange, parameters)].append(exchange)
            self._alike[_kind(exchange)].append((number, parameters))

    def same(self, request: Exchange) -> list[Exchange]:
        """The exchanges that ask for the same, regardless of tokens, in the order of their answers."""
        return self._same.get(_key(request, request.parameters()), [])

    def closest(self, request: Exchange) -> Exchange:
        """The exchange that differs least. Raises ValueError if none has the same action."""
        return self._exchanges[self.place_of(request)]

    def place_of(self, request: Exchange) -> int:
        """The place of the closest one."""
        wanted = request.parameters()
        return max(self._alike[_kind(request)], key=lambda known: (wanted & known[1]).total())[0]


def _key(exchange: Exchange, parameters: Counter[tuple[str, str]]) -> tuple[object, ...]:
    return _kind(exchange), frozenset(parameters.items())


def _kind(exchange: Exchange) -> tuple[str, str, str]:
    return exchange.method, exchange.service, exchange.action
