"""Repeats up, refresh, up, destroy, each on an AWS of its own, and says which run lost a reply or failed.

`make stress` runs `python -m bench.stress`, which also takes `--runs 20` and `--parallel 2`. A lost reply is
a connection that the provider closed before it had read the answer: "use of closed network connection". The
exit code is 1 if any run was not clean.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.deployment import deployed

LOST = re.compile(r"use of closed network connection|unexpected EOF|connection reset", re.IGNORECASE)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.stress", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--parallel", type=int, default=2, help="runs at a time")
    options = parser.parse_args(arguments)
    with ThreadPoolExecutor(options.parallel) as pool:
        verdicts = list(pool.map(_say, range(1, options.runs + 1)))
    clean = verdicts.count("clean")
    print(f"{clean} of {options.runs} runs were clean", flush=True)
    return 0 if clean == options.runs else 1


def _say(number: int) -> str:
    began = time.monotonic()
    verdict = run()
    print(f"run {number:3}: {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    return verdict


def run() -> str:
    """One life of the stack: `clean`, or what was not."""
    with tempfile.TemporaryDirectory(prefix="stress-") as folder:
        try:
            with deployed(Path(folder)) as deployment:
                project = deployment.places.project
                output = deployment.run(project, "refresh", "--yes", "--skip-preview", "--expect-no-changes")
                output += deployment.run(project, "up", "--yes", "--skip-preview", "--expect-no-changes")
                output += deployment.run(project, "destroy", "--yes", "--skip-preview")
        except SystemExit as failure:
            output = str(failure)
            if not LOST.search(output):
                return f"failed: {output[-600:]}"
    found = LOST.search(output)
    return f"lost a reply: {found.group()}" if found else "clean"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
