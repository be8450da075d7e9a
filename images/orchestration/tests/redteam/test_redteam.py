"""The README's table of attacks is what is observed on the real desktop.

Played here, in both approval modes: every case that needs no browser, and every sixth of the others.
`make redteam` plays all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from redteam.cases import CASES, Case
from redteam.play import MODES, NOTHING, play
from redteam.table import rows_of, table, written
from redteam.world import World, world

CARRIERS = {"page", "file", "picture", "clipboard"}
IN_BROWSER = [case for case in CASES if case.carrier in ("page", "picture")]
PLAYED = [case for case in CASES if case not in IN_BROWSER or IN_BROWSER.index(case) % 6 == 0]


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """Not in pytest's own folder, which the desktop's user cannot enter."""
    folder = Path(mkdtemp(prefix="redteam-world-"))
    folder.chmod(0o755)
    try:
        with world(folder) as running:
            yield running
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", PLAYED, ids=[case.wants.replace(" ", "-") for case in PLAYED])
async def test_an_attack_meets_the_defence_that_the_readme_names(
    made: World, monkeypatch: pytest.MonkeyPatch, case: Case, mode: str
) -> None:
    defences = next(defences for wants, defences in rows_of(written()) if wants == case.wants)
    assert await play(case, mode, made, monkeypatch.setenv) == defences[MODES.index(mode)]


def test_the_table_holds_every_attack_and_was_generated() -> None:
    rows = dict(rows_of(written()))
    assert list(rows) == [case.wants for case in CASES], "run `make redteam`"
    assert written() == table([(case, rows[case.wants]) for case in CASES]), "run `make redteam`"


def test_there_are_enough_attacks_of_every_kind() -> None:
    assert len(CASES) >= 25 and len({case.wants for case in CASES}) == len(CASES)
    assert {case.carrier for case in CASES} == CARRIERS == {case.carrier for case in PLAYED}


def test_the_table_lists_also_attacks_that_nothing_stops() -> None:
    assert NOTHING in written(), "a table in which everything is stopped is not to be believed"
