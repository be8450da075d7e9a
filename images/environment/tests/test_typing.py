"""The typed text arrives unchanged, in a terminal and in Firefox."""

import random

import pytest

from probe_page import ProbePage
from running import Environment
from terminal import Terminal

ASCII = "".join(chr(code) for code in range(0x20, 0x7F))
SCRIPTS = "Grüße, ça va? Ωmega Привет שלום مرحبا हिन्दी 日本語テスト 한국어 ẞ € ½ … — “quoted”"
EMOJI = "😀🚀👩‍👩‍👧🏳️‍🌈🇺🇳"
# 2,000 characters of which no two are the same: many times as many as there are keycodes to lend.
DISTINCT = "".join(chr(0x4E00 + (index * 37) % 20_000) for index in range(2000))
SPACING_ACCENTS = "\N{ACUTE ACCENT}e ^a ~n `o \N{DIAERESIS}u"
COMBINED = "e\u0301 n\u0303 o\u0302"


def ten_kilobytes() -> str:
    """Printable ASCII in lines, 10 kB, the same each time."""
    choice = random.Random(4)
    return "\n".join("".join(choice.choices(ASCII, k=79)) for _ in range(128)) + "\n"


@pytest.mark.parametrize("text", [ASCII, SCRIPTS, EMOJI, COMBINED, "tab\there\nnew line\n"], ids=str.__len__)
def test_terminal_receives_the_typed_text(environment: Environment, terminal: Terminal, text: str) -> None:
    environment.act("type", text=text)
    assert terminal.typed(len(text.encode())) == text


def test_terminal_receives_ten_kilobytes(environment: Environment, terminal: Terminal) -> None:
    text = ten_kilobytes()
    result = environment.act("type", text=text)
    assert terminal.typed(len(text.encode())) == text
    assert result["settled"] is True


def test_terminal_receives_more_distinct_characters_than_there_are_keycodes(
    environment: Environment, terminal: Terminal
) -> None:
    environment.act("type", text=DISTINCT)
    assert terminal.typed(len(DISTINCT.encode())) == DISTINCT


def test_dead_keys_compose_in_the_terminal(environment: Environment, terminal: Terminal) -> None:
    environment.act("key", text="dead_acute e dead_diaeresis o dead_circumflex a")
    assert terminal.typed(6) == "éöâ"


def test_windows_line_ends_are_one_return(environment: Environment, terminal: Terminal) -> None:
    environment.act("type", text="a\r\nb")
    assert terminal.typed(3) == "a\nb"


@pytest.mark.parametrize(
    "text", [ASCII, SCRIPTS, EMOJI, DISTINCT[:600]], ids=["ascii", "scripts", "emoji", "distinct"]
)
def test_firefox_receives_the_typed_text(page: ProbePage, text: str) -> None:
    page.environment.act("type", text=text)
    assert page.text() == text


def test_firefox_receives_ten_kilobytes(page: ProbePage) -> None:
    text = ten_kilobytes()
    page.environment.act("type", text=text)
    assert page.text() == text


def test_dead_keys_compose_in_firefox(page: ProbePage) -> None:
    page.environment.act("key", text="dead_acute e dead_tilde n dead_diaeresis U")
    assert page.text() == "éñÜ"


def test_accent_characters_do_not_compose(page: ProbePage) -> None:
    page.environment.act("type", text=SPACING_ACCENTS)
    assert page.text() == SPACING_ACCENTS


@pytest.mark.parametrize("action", ["type", "key"])
def test_shell_metacharacters_never_reach_a_shell(page: ProbePage, action: str) -> None:
    trap = page.environment.home / "trap"
    text = f"$(touch {trap}) `touch {trap}` ; touch {trap} | & > {trap} ' \" \\"
    response = page.environment.post({"tool": "computer", "input": {"action": action, "text": text}})
    if action == "type":
        assert page.text() == text
    else:
        assert response.status_code == 400
        assert page.text() == ""
    assert not trap.exists()
