"""Constraints that AWS states only in the documentation of a parameter, not in the formal model.

EC2's model, for one, has hardly any length or pattern, but its documentation says "Up to 255 characters in
length. Allowed characters are a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*".

Only sentences of known forms are read, and only unconditional ones: a sentence that begins with "If", "For"
or "[Network Load Balancers]" does not hold for every request. If a text gives two different bounds for the
same thing, both are ignored.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
_ALPHANUMERIC = _LOWER + _UPPER + _DIGITS


@dataclass(frozen=True)
class Prose:
    """What a parameter's documentation demands; None or empty for what it does not say.

    `characters` and `values` are the ones allowed. `length` is the longest text, `items` the longest list,
    `span` the smallest and the largest number.
    """

    characters: frozenset[str] | None = None
    length: int | None = None
    items: int | None = None
    span: tuple[int, int] | None = None
    values: frozenset[str] = frozenset()
    start: str | None = None
    forbidden_starts: tuple[str, ...] = ()
    forbidden_ends: tuple[str, ...] = ()


@cache
def read(documentation: str) -> Prose:
    """The constraints in the documentation of a parameter, which is HTML as botocore ships it."""
    sentences = [one for one in _sentences(documentation) if not _CONDITIONAL.match(one)]
    starts, ends = _forbidden(sentences)
    return Prose(
        characters=_the_only(map(_characters, sentences)),
        length=_the_only(_number(_LENGTH, one) for one in sentences),
        items=_the_only(_number(_ITEMS, one) for one in sentences),
        span=_the_only(map(_span, sentences)),
        values=_the_only(map(_values, sentences)) or frozenset(),
        start=_the_only(map(_start, sentences)),
        forbidden_starts=starts,
        forbidden_ends=ends,
    )


def _the_only(found: Iterable[T | None]) -> T | None:
    """The only finding. None if there are several, since each then holds only in some cases."""
    different = {one for one in found if one is not None}
    return different.pop() if len(different) == 1 else None


# --- sentences

_BLOCK = re.compile(r"</?(?:p|li|ul|ol|dl|dt|dd|note|important|br)\b[^>]*>")
_CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_END = re.compile(r"(?<=[.:!])\s+(?=[A-Z`])|\n+")
_CONDITIONAL = re.compile(r"(?:If|For|When|With|On|In)\b|\[")


def _sentences(documentation: str) -> Iterator[str]:
    """Plain text, with code in backticks."""
    text = re.sub(r"\s+", " ", documentation)
    text = _BLOCK.sub("\n", text)
    text = _CODE.sub(r"`\1`", text)
    text = html.unescape(_TAG.sub("", text))
    yield from (one.strip() for one in _join_lists(_END.split(text)) if one.strip())


def _join_lists(parts: list[str]) -> Iterator[str]:
    """Join what follows a colon to it: `Valid characters:` does not end a sentence."""
    held = ""
    for part in parts:
        held = f"{held} {part}".strip() if held else part
        if not held.rstrip().endswith(":"):
            yield held
            held = ""
    yield held


# --- characters

_LISTED = re.compile(r"(?:Allowed|Valid) characters(?: are|:) (a-z, ?A-Z, ?0-9.*)")
_CONTENT = re.compile(
    r"(?:[Uu]p to \d+ |contain only |only contain |can contain |can include )"
    r"((?:ASCII |lowercase |uppercase )?(?:letters|alphanumeric characters)\b.*)"
)
_FOLLOWING = re.compile(r"the following characters: ?(\S+)")
_NAMED = {
    "ascii letters": _LOWER + _UPPER,
    "letters": _LOWER + _UPPER,
    "uppercase letters": _UPPER,
    "lowercase letters": _LOWER,
    "alphanumeric characters": _ALPHANUMERIC,
    "numbers": _DIGITS,
    "digits": _DIGITS,
    "underscores": "_",
    "hyphens": "-",
    "dashes": "-",
    "periods": ".",
    "colons": ":",
    "forward slashes": "/",
    "spaces": " ",
}
_REMARK = re.compile(r" \([^)]*\)")
_TRAILER = re.compile(r" (?:are|is) allowed.*|, must .*|, and must .*|\. .*|\.$")


def _characters(sentence: str) -> frozenset[str] | None:
    listed = _LISTED.search(sentence)
    if listed:
        rest = re.sub(r"a-z, ?A-Z, ?0-9,?", "", listed[1])
        symbols = re.sub(r"\b(?:and|or)\b", "", rest).replace("spaces,", " ").replace("spaces", " ")
        if re.search(r"[A-Za-z]{2}", symbols):
            return None  # a remark follows
        blank = " " if "spaces" in rest else ""
        return frozenset(_ALPHANUMERIC + blank + "".join(symbols.split()).removesuffix("."))
    content = _CONTENT.search(sentence)
    return _named_characters(content[1]) if content else None


def _named_characters(text: str) -> frozenset[str] | None:
    following = _FOLLOWING.search(text)
    symbols = following[1].strip("`") if following else ""
    text = _REMARK.sub("", text[: following.start()] if following else _TRAILER.sub("", text))
    allowed = set(symbols)
    for name in re.split(r",? (?:and|or) |, ", text):
        if not name.strip(" ,"):
            continue
        if name.strip(" ,").lower() not in _NAMED:
            return None  # an unknown kind of character: ignore the sentence rather than read half of it
        allowed.update(_NAMED[name.strip(" ,").lower()])
    return frozenset(allowed)


# --- lengths and numbers

_LENGTH = re.compile(
    r"(?:[Uu]p to|[Mm]aximum of|[Mm]aximum length (?:of|is)|at most|longer than|[Mm]aximum) "
    r"(\d[\d,]*) (?:UTF-8 |ASCII |Unicode )?(?:characters|letters)"
)
_ITEMS = re.compile(
    r"(?:[Uu]p to|[Mm]aximum of|list is|[Mm]aximum size of the list is) (\d[\d,]*)"
    r"(?! (?:UTF-8 |ASCII |Unicode )?(?:characters|letters))(?= [a-z]|\.$|$)"
)
_FROM_TO = r"`?(\d[\d,]*)`?(?: seconds)? ?(?:-|–|to|and) ?`?(\d[\d,]*)`?"  # noqa: RUF001  AWS writes both dashes
_SPANS = (
    re.compile(rf"(?:[Tt]he (?:valid )?range is|[Vv]alid values are|values for \S+ are between) {_FROM_TO}"),
    re.compile(rf"(?:specify|specify a value|must be|an integer) between {_FROM_TO}"),
    re.compile(r"minimum `?\w+`? of (\d+) seconds and a maximum `?\w+`? of (\d+) seconds"),
)


def _number(form: re.Pattern[str], sentence: str) -> int | None:
    found = form.search(sentence)
    return _as_integer(found[1]) if found else None


def _span(sentence: str) -> tuple[int, int] | None:
    for form in _SPANS:
        found = form.search(sentence)
        if found:
            return _as_integer(found[1]), _as_integer(found[2])
    return None


def _as_integer(text: str) -> int:
    return int(text.replace(",", ""))


# --- values, starts and ends

_WORDS = re.compile(r"[Vv]alid [Vv]alues?(?: are)?: ((?:[\"`]*[\w/.:-]+[\"`]* ?\| ?)+[\"`]*[\w/.:-]+[\"`]*)")
_NUMBERS = re.compile(r"(?:[Pp]ossible|[Vv]alid) values are:? ((?:\d+, )+(?:and |or )?\d+)")
_FORBIDDEN = re.compile(
    r"(?:[Cc]an't|[Cc]annot|must not|[Mm]ay not) (start|begin|end|begin or end|start or end) with "
    r"(?:a (hyphen)\b|`([^`]+)`|\"([^\"]+)\"|([^\s`\"]*[-:/]))"
)
_REQUIRED_START = re.compile(r"must (?:begin|start) with `([^`]+)`")


def _values(sentence: str) -> frozenset[str] | None:
    words = _WORDS.search(sentence)
    if words:
        return frozenset(one.strip('"` ') for one in words[1].split("|"))
    numbers = _NUMBERS.search(sentence)
    return frozenset(re.findall(r"\d+", numbers[1])) if numbers else None


def _start(sentence: str) -> str | None:
    found = _REQUIRED_START.search(sentence)
    return found[1] if found else None


def _forbidden(sentences: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    starts, ends = list[str](), list[str]()
    for sentence in sentences:
        for where, hyphen, *texts in _FORBIDDEN.findall(sentence):
            text = "-" if hyphen else next(one for one in texts if one)
            if where != "end":
                starts.append(text)
            if "end" in where:
                ends.append(text)
    return tuple(starts), tuple(ends)
