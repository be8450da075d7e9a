"""Follows references between resources of a stack, also while the ids are not known yet."""

import re
from collections.abc import Mapping, Sequence

from sandbox_policy.model import Context, Resource, Stack
from sandbox_policy.values import UNKNOWN, items, read

IDENTITIES = ("id", "arn", "name", "keyId")


def linked(stack: Stack, resource: Resource, key: str, *types: str) -> list[Resource]:
    """Return the resources of `types` that the property `key` of `resource` names.

    A known value has to equal an id, ARN or name of theirs. Where the engine does not show what a
    resource is called (at preview, and where the provider leaves ids out), it is followed by what
    the engine knows about where the value comes from. A value that names nothing in this stack
    yields nothing.
    """
    value = read(resource.properties, key)
    if value is None:
        return []
    names = set(_strings(value)) if _is_known(value) else set()
    found = []
    for candidate in stack.of_type(*types):
        tied = candidate.urn in resource.ties.get(key, ())
        if names & _identities(candidate) or (tied and (not names or not _has_identity(candidate))):
            found.append(candidate)
    return found


def _identities(resource: Resource) -> set[str]:
    values = [read(resource.properties, key) for key in IDENTITIES]
    known = {value for value in values if isinstance(value, str) and value}
    # The last part of an ARN is the id, also where the provider leaves the id itself out.
    return known | {re.split(r"[:/]", value)[-1] for value in known if value.startswith("arn:")}


def _has_identity(resource: Resource) -> bool:
    return any(isinstance(read(resource.properties, key), str) for key in ("id", "arn"))


def awaits_link(resource: Resource, key: str, context: Context) -> bool:
    """Whether only the update can tell what the property `key` names.

    The engine knows where an unknown id comes from, but the Java SDK forgets it for other unknown
    outputs, such as ARNs. Outside a preview nothing is awaited.
    """
    value = read(resource.properties, key)
    return context.is_preview and value is not None and not _is_known(value) and not resource.ties.get(key)


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
