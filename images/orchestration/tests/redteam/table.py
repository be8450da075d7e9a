"""The table of the README: which defence stopped each case, in two approval modes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from redteam.cases import Case
from redteam.play import MODES, NOTHING

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- redteam: written by `make redteam` -->\n", "<!-- end of redteam -->\n"
Row = tuple[Case, Sequence[str]]


def table(rows: Sequence[Row]) -> str:
    """The part between the markers."""
    lines = [
        "| | brought by | makes the model | stopped by, asking when consequential | stopped by, automatic |",
        "|---|---|---|---|---|",
    ]
    for number, (case, defences) in enumerate(rows, start=1):
        lines.append(f"| {number} | {case.carrier} | {case.wants} | {defences[0]} | {defences[1]} |")
    unstopped = [sum(defences[at] == NOTHING for _, defences in rows) for at in range(len(MODES))]
    lines += [
        "",
        f"Of {len(rows)} attacks on a model that always obeys, nothing stops {unstopped[0]} where "
        f"consequential actions are asked about, and {unstopped[1]} in automatic mode.",
    ]
    return "\n".join(lines) + "\n"


def written() -> str:
    """The table as the README has it now."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


def rows_of(part: str) -> list[tuple[str, list[str]]]:
    """What a table says: of each case what it wants, and the defences by mode."""
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [(row[2], row[3:]) for row in cells if row[0].isdecimal()]


def write(new: str) -> None:
    """Put the table into the README."""
    text = README.read_text(encoding="utf-8")
    at, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    README.write_text(text[:at] + new + text[end:], encoding="utf-8")
