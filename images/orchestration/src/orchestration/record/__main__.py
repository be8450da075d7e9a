"""`python -m orchestration.record verify PATH [--anchors FILE]`: exit 0 whole, 1 changed, 2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.record.verify import verify


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a record and say what is wrong with it, one line each."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.record", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="find any change, removal, reordering or cut")
    check.add_argument("path", type=Path, help="the data directory or its events.jsonl")
    check.add_argument(
        "--anchors",
        type=Path,
        help="the console's output as the log service kept it; other lines may be in it",
    )
    options = parser.parse_args(arguments)
    anchors = None
    if options.anchors is not None:
        try:
            anchors = options.anchors.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            parser.error(f"--anchors: {error.strerror}")
    verdict = verify(options.path, anchors)
    for problem in verdict.problems:
        print(problem)
    foreign = f" ({verdict.foreign} lines of other records passed over)" if verdict.foreign else ""
    checked = f"{verdict.events} events, {verdict.screens} screenshots, {verdict.anchors} anchors{foreign}"
    print(f"{'CHANGED' if verdict.problems else 'whole'}: {checked}, head {verdict.head}")
    if anchors is None and not verdict.problems:
        print("no anchors given: a record recomputed as a whole, head file included, would not be noticed")
    elif not verdict.problems and verdict.covered < verdict.events:
        print(
            f"events {verdict.covered} to {verdict.events - 1} are newer than the newest anchor: if they "
            "were recomputed, or others after them cut off, it would not be noticed"
        )
    return 1 if verdict.problems else 0


if __name__ == "__main__":
    sys.exit(main())
