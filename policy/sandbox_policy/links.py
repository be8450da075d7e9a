"""Follows references between resources of a stack, also while the ids are not known yet."""

from collections.abc import Mapping, Sequence

from sandbox_policy.model import Resource, Stack
from sandbox_policy.values import UNKNOWN, items, read

IDENTITIES = ("id", "arn", "name", "keyId")


def linked(stack: Stack, resource: Resource, key: str, *types: str) -> list[Resource]:
    """Return the resources of `types` that the property `key` of `resource` names.

    A known value has to equal an id, ARN or name of theirs. An unknown one, or one whose target's
    identity is itself unknown, is followed by what the engine knows about where the value comes
    from. A value that names nothing in this stack yields nothing.
    """
    candidates = stack.of_type(*types)
    value = read(resource.properties, key)
    if value is None:
        return []
    tied = [candidate for candidate in candidates if candidate.urn in resource.ties.get(key, ())]
    if not _is_known(value):
        return tied
    names = set(_strings(value))
    found = []
    for candidate in candidates:
        identities = [read(candidate.properties, identity) for identity in IDENTITIES]
        known = {identity for identity in identities if isinstance(identity, str)}
        if names & known or (UNKNOWN in identities[:2] and candidate in tied):
            found.append(candidate)
    return found


def _is_known(value: object) -> bool:
    if value is UNKNOWN:
        return False
    try:
        list(_strings(value))
    except _UnknownInsideError:
        return False
    return True


class _UnknownInsideError(Exception):
    pass


def _strings(value: object) -> list[str]:
    if value is UNKNOWN:
        raise _UnknownInsideError
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for key in value for text in _strings(read(value, key))]
    if isinstance(value, Sequence):
        return [text for element in items(value, "list") for text in _strings(element)]
    return []
