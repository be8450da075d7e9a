"""Secrets are replaced in every encoding in which they may occur."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from console_process import certificate
from orchestration.record.output import LONGEST_TEXT, shortened
from orchestration.record.redaction import Redactor

SECRET = 'p&ss "wörd"/<42>'
SPELLINGS = {
    "plain": SECRET,
    "JSON": json.dumps(SECRET),
    "JSON, not escaped": json.dumps(SECRET, ensure_ascii=False),
    "URL": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "HTML": html.escape(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_secret_is_replaced_in_every_encoding(spelling: str) -> None:
    redacted = Redactor({"login password": SECRET}).text(f"before {spelling} after")
    assert "[redacted: login password]" in redacted and "42" not in redacted
    assert redacted.startswith("before ") and redacted.endswith(" after")


def test_every_line_of_a_private_key_is_a_secret() -> None:
    private_key = certificate()[1]
    redactor = Redactor({"TLS key": private_key})
    for line in private_key.splitlines()[1:-1]:
        if len(line) >= 32:
            assert line not in redactor.text(f"x {line} y")


def test_secrets_are_found_in_nested_values_and_keys() -> None:
    redactor = Redactor({"token": "abcdefgh12345"})
    value = {"a": [{"abcdefgh12345": "x abcdefgh12345"}], "n": 3, "t": ("abcdefgh12345",)}
    assert "abcdefgh12345" not in json.dumps(redactor.value(value))


def test_a_secret_that_is_still_arriving_is_held_back() -> None:
    redactor = Redactor({"token": "abcdefgh12345"})
    shown = [redactor.growing_text("the token is abcdefgh12345 ok"[:end]) for end in range(1, 30)]
    assert not any("abcde" in text for text in shown)
    assert shown[-1] == "the token is [redacted: token] ok"


def test_a_secret_too_short_to_replace_is_refused() -> None:
    with pytest.raises(ValueError, match="8 characters"):
        Redactor({"token": "short"})


def test_long_texts_are_cut_for_the_log() -> None:
    cut = shortened({"text": "x" * 10_000, "list": ["y"]})
    assert len(cut["text"]) < LONGEST_TEXT + 40 and cut["list"] == ["y"]
