"""The report as text for a terminal."""

import textwrap
from collections.abc import Iterator

from prove.report import Report, Table

WIDTH = 110


def render_text(report: Report) -> str:
    """Return the whole report, with the counterexamples below each broken theorem."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"VPC {report.world.vpc} in {report.world.region}, account {report.world.account}"
    yield f"May connect: {report.expected}"
    for table in report.tables:
        yield ""
        yield from _table(table)
    yield ""
    yield "Theorems"
    for verdict in report.verdicts:
        mark = "holds " if verdict.holds else "BROKEN"
        yield from textwrap.wrap(
            f"{mark}  {verdict.name:<18}  {verdict.statement}", WIDTH, subsequent_indent=" " * 28
        )
        for reason in verdict.broken_by:
            yield from textwrap.wrap(
                reason, WIDTH, initial_indent="        ✗ ", subsequent_indent="          "
            )
    broken = sum(not verdict.holds for verdict in report.verdicts)
    outcome = f"{broken} of {len(report.verdicts)} theorems are broken" if broken else "every theorem holds"
    yield ""
    yield f"{outcome} ({report.seconds:.1f} s)"


def _table(table: Table) -> Iterator[str]:
    yield table.title
    rows = [table.columns, *table.rows]
    widths = [max(len(row[index]) for row in rows) for index in range(len(table.columns) - 1)]
    indent = "  " + "".join(" " * (width + 2) for width in widths)
    for row in rows:
        start = "  " + "".join(cell.ljust(width + 2) for cell, width in zip(row[:-1], widths, strict=True))
        width = max(WIDTH, len(indent) + 40)
        yield from textwrap.wrap(
            row[-1], width, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False
        ) or [start.rstrip()]
