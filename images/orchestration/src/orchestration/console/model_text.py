"""A model's text as HTML of our own: every character is shown as text, with a little of markdown's form.

Streamlit's markdown knows pictures, diagrams, formulas, icons and coloured badges. With these a model, or the
web page that misleads it, could make the browser ask this host for any path, or imitate the console's own
words. Here there is nothing but paragraphs, lists, emphasis and code; links are shown as they are written.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_ITEM = re.compile(r"\s*(?:([-*+])|(\d{1,4})[.)])\s+(.*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
# Bounded, so that a text made for it cannot keep the matching busy.
_INLINE = re.compile(r"`([^`]{1,500})`|\*\*(\S(?:.{0,500}?\S)?)\*\*|\*([^\s*](?:[^*]{0,500}?[^\s*])?)\*")
_STYLE = "overflow-wrap:anywhere"


def as_html(text: str) -> str:
    """The whole text, with nothing in it that a browser would load, run or follow."""
    return f'<div style="{_STYLE}">{"".join(_blocks(text.splitlines()))}</div>'


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        if fence:
            end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[1]), len(lines))
            yield f"<pre><code>{html.escape(chr(10).join(lines[at + 1 : end]))}</code></pre>"
            at = end + 1
        elif item := _ITEM.match(line):
            kind = "ul" if item[1] else "ol"
            start = f' start="{item[2]}"' if item[2] else ""
            entries = []
            while at < len(lines) and (item := _ITEM.match(lines[at])) and bool(item[1]) == (kind == "ul"):
                entries.append(f"<li>{_inline(item[3])}</li>")
                at += 1
            yield f"<{kind}{start}>{''.join(entries)}</{kind}>"
        elif heading := _HEADING.match(line):
            yield f"<p><strong>{_inline(heading[1])}</strong></p>"
            at += 1
        elif line.strip():
            end = at + 1
            while end < len(lines) and lines[end].strip() and not _begins_block(lines[end]):
                end += 1
            yield f"<p>{'<br>'.join(_inline(one) for one in lines[at:end])}</p>"
            at = end
        else:
            at += 1


def _begins_block(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_FENCE, _ITEM, _HEADING))


def _inline(text: str) -> str:
    """One line with its emphasis and code; everything between is escaped."""
    parts: list[str] = []
    at = 0
    for match in _INLINE.finditer(text):
        parts.append(html.escape(text[at : match.start()]))
        code, strong, slanted = match.groups()
        if code is not None:
            parts.append(f"<code>{html.escape(code)}</code>")
        elif strong is not None:
            parts.append(f"<strong>{html.escape(strong)}</strong>")
        else:
            parts.append(f"<em>{html.escape(slanted)}</em>")
        at = match.end()
    parts.append(html.escape(text[at:]))
    return "".join(parts)
