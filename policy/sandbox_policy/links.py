"""Follows references between the resources of a stack, even before their ids are known."""

import re
from collections.abc import Mapping, Sequence

from sandbox_policy.model import Context, Resource, Stack
from sandbox_policy.values import UNKNOWN, items, read

IDENTITIES = ("id", "arn", "name", "keyId")


def linked(stack: Stack, resource: Resource, key: str, *types: str) -> list[Resource]:
    """Return the resources of `types` that the property `key` of `resource` names.

    A known value must equal the id, ARN or name of a resource. Where the engine does not show those (at
    preview, or where the provider omits ids), the reference is followed through the dependencies that the
    engine records for the value. A value that refers to nothing in this stack yields nothing.
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
    # The last part of an ARN is the id, which helps where the provider omits the id itself.
    return known | {re.split(r"[:/]", value)[-1] for value in known if value.startswith("arn:")}


def _has_identity(resource: Resource) -> bool:
    return any(isinstance(read(resource.properties, key), str) for key in ("id", "arn"))


def awaits_link(resource: Resource, key: str, context: Context) -> bool:
    """Whether only the update can tell which resource the property `key` refers to.

    The engine records which resource an unknown id comes from, but the Java SDK does not pass this on for
    other unknown outputs, such as ARNs. Outside a preview the result is always false.
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
