"""Decides which kinds of resources a policy's `Resource` can name.

A policy's resource and the ARN form of a resource type are both patterns: the first has `*` and `?`, the
second has placeholders such as `${KeyId}`. A resource can be of a type if some ARN fits both. Where a service
has a more specific type for that ARN, only that type counts: `arn:aws:s3:::b/k` is an object, although the
bucket's form `arn:aws:s3:::${BucketName}` would fit it as well.
"""

import functools
import re
from collections import deque
from typing import Final

from sandbox_policy.service_reference import Action, ResourceType, resource_types

PARTS: Final = 6
"""The colon-separated parts of an ARN: arn, partition, service, region, account, resource."""

_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_ANY: Final = "any one"
_SOME: Final = "one or more"
_FILLER: Final = "x"


def is_every_resource(resource: str) -> bool:
    """Whether a policy's resource is `*`, which also matches requests that name no resource."""
    return set(resource) == {"*"}


def fits(action: Action, resource: str) -> bool:
    """Whether an action can be requested on something that the policy's resource names."""
    if is_every_resource(resource):
        return True
    return any(kind in action.resource_types for kind in possible_types(resource, action.service))


@functools.cache
def possible_types(resource: str, service: str) -> tuple[ResourceType, ...]:
    """The types of a service that the policy's resource can name."""
    found = []
    for candidate in resource_types(service):
        example = _common_arn(resource, candidate.form)
        if example is not None and not any(
            _is_more_specific(other.form, candidate.form) and _common_arn(example, other.form)
            for other in resource_types(service)
        ):
            found.append(candidate)
    return tuple(found)


def _is_more_specific(form: str, other: str) -> bool:
    return len(_PLACEHOLDER.sub("", form)) > len(_PLACEHOLDER.sub("", other))


@functools.cache
def _common_arn(resource: str, form: str) -> str | None:
    """The shortest ARN that both patterns match, or None if no ARN matches both."""
    left, right = resource.split(":", PARTS - 1), form.split(":", PARTS - 1)
    if len(left) != PARTS or len(right) != PARTS:
        return None
    common = []
    for one, other in zip(left, right, strict=True):
        # An empty region or account in the form is matched by an empty part or by "*" only.
        part = "" if not other and set(one) <= {"*"} else _common_text(one, other)
        if part is None:
            return None
        common.append(part)
    return ":".join(common)


def _common_text(one: str, other: str) -> str | None:
    """The shortest text that both patterns match: a breadth-first search in the product of their automata."""
    left, right = _tokens(one), _tokens(other)
    start = (0, 0)
    seen = {start}
    queue = deque([(start, "")])
    while queue:
        (i, j), text = queue.popleft()
        if i == len(left) and j == len(right):
            return text
        if i == len(left) or j == len(right):
            continue
        letter = _common_letter(left[i], right[j])
        if letter is None:
            continue
        for state in ((i + a, j + b) for a in _steps(left[i]) for b in _steps(right[j])):
            if state not in seen:
                seen.add(state)
                queue.append((state, text + letter))
    return None


def _tokens(pattern: str) -> list[str]:
    """Split a pattern into single letters, _ANY for `?`, and _SOME for `*`, a placeholder or a policy
    variable.
    """
    tokens: list[str] = []
    for piece in re.split(r"(\$\{[^}]*\}|\*+|\?)", pattern):
        if piece == "?":
            tokens.append(_ANY)
        elif piece.startswith(("${", "*")):
            tokens.append(_SOME)
        else:
            tokens.extend(piece)
    return tokens


def _common_letter(one: str, other: str) -> str | None:
    wild = (_ANY, _SOME)
    if one in wild:
        return _FILLER if other in wild else other
    return one if other in wild or other == one else None


def _steps(token: str) -> tuple[int, ...]:
    """How many tokens the automaton may advance after one letter: 1, or also 0 if the token may repeat."""
    return (1, 0) if token == _SOME else (1,)
