"""Prints outcomes as a table in a terminal."""

import textwrap
from collections.abc import Iterator, Sequence

from operate.findings import Outcome, Status, count

WIDTH = 110
_STATUS_WIDTH = 9


def render(outcomes: Sequence[Outcome]) -> str:
    """One line per finding with the fix below it, and the totals at the end."""
    return "\n".join(_lines(outcomes)) + "\n"


def summary(outcomes: Sequence[Outcome]) -> str:
    """The totals, such as `12 ok, 1 warning, 2 failing`."""
    warnings = count(outcomes, Status.WARNING)
    return (
        f"{count(outcomes, Status.OK)} ok, {warnings} warning{'' if warnings == 1 else 's'}, "
        f"{count(outcomes, Status.FAILURE)} failing"
    )


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    names = max(len(outcome.check) for outcome in outcomes) + 2
    indent = " " * (names + _STATUS_WIDTH)
    for outcome in outcomes:
        for finding in outcome.findings:
            start = outcome.check.ljust(names) + str(finding.status).ljust(_STATUS_WIDTH)
            yield from _wrapped(finding.what, start, indent)
            if finding.fix:
                yield from _wrapped(finding.fix, f"{indent}→ ", f"{indent}  ")
    yield ""
    yield summary(outcomes)


def _wrapped(text: str, start: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        max(WIDTH, len(indent) + 60),
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
