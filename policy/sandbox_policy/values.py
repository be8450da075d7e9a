"""Reads the inputs of a resource without ever mistaking "not known yet" for "not there".

During a preview, an input that comes from a resource which does not exist yet is *unknown*. The proxies of
the policy SDK raise on touching one, and the SDK turns that into an advisory message: a security rule that
lets it escape fails open. So rules read inputs only through this module and decide for each one what
unknown means.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from pulumi_policy.proxy import UnknownValueError


class _Unknown(Enum):
    VALUE = "unknown at preview"


UNKNOWN: Final = _Unknown.VALUE
"""Stands for a value that only the update will know."""


class MalformedInputError(Exception):
    """An input has a shape that its resource type does not have, so it can't be judged: always a
    violation.
    """


def read(properties: Mapping[str, object], key: str) -> object:
    """Return the value of `key`, None where it is absent or null, UNKNOWN where the preview does not know
    it.
    """
    try:
        return properties[key]
    except KeyError:
        return None
    except UnknownValueError:
        return UNKNOWN


def items(value: object, what: str) -> Iterator[object]:
    """Yield the elements of a list input, UNKNOWN for those that are not known; nothing for None.

    Raises MalformedInputError when `value` is no list. `what` names the input in the message.
    A list that is unknown as a whole yields UNKNOWN once: it may hold anything.
    """
    if value is None:
        return
    if value is UNKNOWN:
        yield UNKNOWN
        return
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise MalformedInputError(f"{what} is no list: {value!r}")
    for index in range(len(value)):
        try:
            yield value[index]
        except UnknownValueError:
            yield UNKNOWN


def mapping(value: object, what: str) -> Mapping[str, object]:
    """Return `value` as a mapping; raises MalformedInputError when it is none.

    `what` names it in the message.
    """
    if not isinstance(value, Mapping):
        raise MalformedInputError(f"{what} is no object: {value!r}")
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
            raise MalformedInputError(f"{what} holds {element!r}, which is no string")
    return tuple(element for element in found if isinstance(element, str))


def number(value: object, what: str) -> int:
    """Return a whole number, which the engine may write as 30 or 30.0; raises MalformedInputError
    otherwise.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise MalformedInputError(f"{what} is no whole number: {value!r}")
    return int(value)
