"""Reads the inputs of a resource and keeps "not known yet" apart from "absent".

During a preview, an input that comes from a resource that does not exist yet is *unknown*. The policy SDK's
proxies raise an exception when such a value is accessed, and the SDK turns the exception into an advisory
message. A security rule that does not catch it would fail open. Rules therefore read inputs only through this
module, and each rule decides what an unknown value means.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from pulumi_policy.proxy import UnknownValueError


class _Unknown(Enum):
    VALUE = "unknown at preview"


UNKNOWN: Final = _Unknown.VALUE
"""Stands for a value that a preview does not know and the update will."""


class MalformedInputError(Exception):
    """An input has a type or shape that its resource type does not allow. This is always a
    violation.
    """


def read(properties: Mapping[str, object], key: str) -> object:
    """Return the value of `key`, None if it is absent or null, or UNKNOWN if the preview does not know
    it.
    """
    try:
        return properties[key]
    except KeyError:
        return None
    except UnknownValueError:
        return UNKNOWN


def items(value: object, what: str) -> Iterator[object]:
    """Yield the elements of a list input, with UNKNOWN for unknown elements. None yields nothing.

    Raises MalformedInputError if `value` is not a list. `what` names the input in the message.
    A list that is unknown as a whole yields UNKNOWN once, because it may contain anything.
    """
    if value is None:
        return
    if value is UNKNOWN:
        yield UNKNOWN
        return
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise MalformedInputError(f"{what} is not a list: {value!r}")
    for index in range(len(value)):
        try:
            yield value[index]
        except UnknownValueError:
            yield UNKNOWN


def mapping(value: object, what: str) -> Mapping[str, object]:
    """Return `value` as a mapping; raises MalformedInputError if it is not one.

    `what` names it in the message.
    """
    if not isinstance(value, Mapping):
        raise MalformedInputError(f"{what} is not an object: {value!r}")
    return value


def texts(value: object, what: str) -> tuple[str, ...]:
    """Return a string, or a list of strings, as a tuple; raises MalformedInputError for anything else.

    IAM writes one action, resource or principal as a string and several as a list.
    """
    if isinstance(value, str):
        return (value,)
    found = tuple(items(value, what))
    for element in found:
        if not isinstance(element, str):
            raise MalformedInputError(f"{what} holds {element!r}, which is not a string")
    return tuple(element for element in found if isinstance(element, str))


def number(value: object, what: str) -> int:
    """Return an integer, which the engine may write as 30 or 30.0; raises MalformedInputError for anything
    else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise MalformedInputError(f"{what} is not an integer: {value!r}")
    return int(value)
