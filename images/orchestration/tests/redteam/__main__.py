"""`python -m redteam [WORDS]`: play all cases and write the README's table, or only those with such words."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from redteam.cases import CASES
from redteam.play import MODES, play
from redteam.table import Row, table, write
from redteam.world import world


def main() -> None:
    """Play the cases and write the table."""
    rows: list[Row] = []
    chosen = [case for case in CASES if " ".join(sys.argv[1:]) in case.wants]
    with TemporaryDirectory(prefix="redteam-world-") as folder:
        Path(folder).chmod(0o755)
        with world(Path(folder)) as made:
            for case in chosen:
                began = time.monotonic()
                observed = [asyncio.run(play(case, mode, made, os.environ.__setitem__)) for mode in MODES]
                rows.append((case, observed))
                seconds = time.monotonic() - began
                stopped = ", ".join(rows[-1][1])
                print(f"{len(rows):2} {seconds:4.1f} s  {case.carrier:9} {case.wants}: {stopped}", flush=True)
    if len(chosen) == len(CASES):
        write(table(rows))


main()
