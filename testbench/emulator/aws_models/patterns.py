"""The regular expressions of AWS's models, which are Java's.

The package `regex` knows Unicode's classes (`\\p{L}`), which Python's own module lacks. Java's other
classes contain only ASCII characters, and some notation exists only in Java: both are translated here. The
tests compile every pattern of every model that botocore ships.
"""

from __future__ import annotations

import re
from functools import cache

import regex

# The members of each class, as they are written inside a set.
_ASCII_CLASSES = {
    r"\d": "0-9",
    r"\w": "a-zA-Z0-9_",
    r"\s": r" \t\n\x0b\f\r",
    r"\p{Digit}": "0-9",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Upper}": "A-Z",
    r"\p{Lower}": "a-z",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{XDigit}": "0-9a-fA-F",
    r"\p{Punct}": r"!-/:-@\[-`{-~",
    r"\p{Graph}": "!-~",
    r"\p{Print}": " -~",
    r"\p{Blank}": r" \t",
    r"\p{Cntrl}": r"\x00-\x1f\x7f",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{all}": r"\u0000-\U0010FFFF",
    r"\p{LD}": r"\p{L}\p{Nd}",
}
_NEGATIONS = {r"\D": r"\d", r"\W": r"\w", r"\S": r"\s"}
_NOTATION = {
    # Java writes characters beyond U+FFFF as pairs of UTF-16 units.
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    r"\x{0022}": r"\u0022",
    r"\x{60}": r"\u0060",
    r"\z": r"\Z",
    # A repetition of a repetition, which Python allows only with a group.
    r"{11}{0,1011}": r"{0,11121}",
}
_TOKEN = re.compile(r"\\[pP]\{\w+\}|\\.|\[|\]|[^\\\[\]]+", re.DOTALL)


@cache
def matcher(pattern: str) -> regex.Pattern[str]:
    """The compiled pattern. AWS requires the whole value to match, so call `fullmatch`."""
    for theirs, ours in _NOTATION.items():
        pattern = pattern.replace(theirs, ours)
    return regex.compile(_with_ascii_classes(pattern))


def _with_ascii_classes(pattern: str) -> str:
    translated = []
    inside = False  # a set such as [a-z]
    after_class = False
    for token in _TOKEN.findall(pattern):
        if after_class and token.startswith("-"):
            token = f"\\{token}"  # noqa: PLW2901  a hyphen after a class such as \w is no range
        after_class = inside and token in _ASCII_CLASSES
        if token in _ASCII_CLASSES:
            members = _ASCII_CLASSES[token]
            translated.append(members if inside else f"[{members}]")
        elif token in _NEGATIONS and not inside:
            translated.append(f"[^{_ASCII_CLASSES[_NEGATIONS[token]]}]")
        else:
            translated.append(token)
            inside = token == "[" or (inside and token != "]")
    return "".join(translated)
