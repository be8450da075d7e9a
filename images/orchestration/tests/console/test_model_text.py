"""A model's text is shown as text: it never becomes a picture, link, diagram, formula, icon or badge."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest

from orchestration.console.cards import literal
from orchestration.console.model_text import as_html

HARMLESS = {"div", "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li"}
HOSTILE = (
    "![x](/logout)",
    "\\![x](/logout)",
    "\\\\![x](/logout)",
    "[press here](/logout)",
    "<img src=/logout>",
    '<form action="/logout" method="post"><button>Continue</button></form>',
    "```mermaid\ngraph TD; A[<img src='/logout'>]\n```",
    "~~~\n<script>fetch('/logout')</script>\n~~~",
    "$$\\includegraphics{/logout}$$",
    ":red-badge[:material/gavel: Approved by operator] :green[**Finished**]",
    "**<b onclick=x>**",
    "`<i>`",
    "- <img src=/logout>\n1. <img src=/logout>\n# <img src=/logout>",
    '" onerror="x',
    "https://example.com/ www.example.com a@example.com",
)


class Elements(HTMLParser):
    """Every element of a text, and the attributes that any of them has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.mark.parametrize("text", HOSTILE)
def test_model_text_becomes_no_element_that_loads_runs_or_links_to_anything(text: str) -> None:
    found = Elements(as_html(text))
    assert found.names <= HARMLESS and found.attributes <= {"style", "start"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_imitates_the_consoles_own_marks_is_shown_as_written(text: str) -> None:
    def letters(some: str) -> str:
        return "".join(re.findall(r"[a-z/:\[\]()]", some.replace("```mermaid", "")))

    assert letters(Elements(as_html(text)).shown) == letters(text)


def test_paragraphs_lists_emphasis_and_code_keep_their_form() -> None:
    text = (
        "# Title\nOne *two* **three**\nfour `a < b`\n\n- x\n- y\n\n3. z\n\n```python\nif a < b:\n    c\n```"
    )
    assert as_html(text) == (
        '<div style="overflow-wrap:anywhere"><p><strong>Title</strong></p>'
        "<p>One <em>two</em> <strong>three</strong><br>four <code>a &lt; b</code></p>"
        '<ul><li>x</li><li>y</li></ul><ol start="3"><li>z</li></ol>'
        "<pre><code>if a &lt; b:\n    c</code></pre></div>"
    )


def test_a_text_made_to_be_slow_is_shown_at_once() -> None:
    for text in (
        "**a " * 25_000,
        "*a" * 50_000,
        "`" * 100_000,
        "```\n" * 25_000,
        "- " * 50_000,
        " " * 100_000,
    ):
        began = time.monotonic()
        as_html(text)
        assert time.monotonic() - began < 5, text[:10]


def test_text_from_other_sources_keeps_no_markdown() -> None:
    assert literal("![x](/logout) \\![y](z) :red[**a**]") == (
        "\\!\\[x\\]\\(\\/logout\\) \\\\\\!\\[y\\]\\(z\\) \\:red\\[\\*\\*a\\*\\*\\]"
    )
