"""The report as one self-contained HTML page."""

from html import escape

from prove.report import Report, Table

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
color: #1b1b1b; } table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 2rem; } th, td
{ border-bottom: 1px solid #ddd; padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; } .holds { color: #0a6b2d; font-weight: 600; } .broken { color:
#a80000; font-weight: 600; } li { color: #a80000; }
"""


def render_page(report: Report) -> str:
    """Return the page. Every value that comes from AWS is escaped."""
    world = report.world
    broken = sum(not verdict.holds for verdict in report.verdicts)
    outcome = f"{broken} of {len(report.verdicts)} theorems are broken" if broken else "Every theorem holds"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8"><title>Computer Use Sandbox: proof</title>',
            f"<style>{STYLE}</style></head><body>",
            f'<h1 class="{"broken" if broken else "holds"}">{outcome}</h1>',
            f"<p>VPC {escape(world.vpc)} in {escape(world.region)}, account {escape(world.account)}. "
            f"May connect: {escape(report.expected)}. "
            f"Made {report.made:%Y-%m-%d %H:%M:%S} UTC in {report.seconds:.1f} s.</p>",
            "<h2>Theorems</h2>",
            _verdicts(report),
            *(_table(table) for table in report.tables),
            "</body></html>",
            "",
        ]
    )


def _verdicts(report: Report) -> str:
    rows = []
    for verdict in report.verdicts:
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.broken_by)
        mark = "holds" if verdict.holds else "broken"
        rows.append(
            f'<tr><td class="{mark}">{mark}</td><td>{escape(verdict.name)}</td>'
            f"<td>{escape(verdict.statement)}{f'<ul>{reasons}</ul>' if reasons else ''}</td></tr>"
        )
    return f"<table>{''.join(rows)}</table>"


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<h2>{escape(table.title)}</h2><table><tr>{head}</tr>{rows}</table>"
