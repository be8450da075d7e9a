"""`python -m demo.stage.model STEPS`: the fake model API with a script, on a free port of loopback.

Prints its address, and ends with its standard input, as whoever started it does in whatever way.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fake_claude.script import Script
from fake_claude.server import FakeClaude


def main(steps: Path) -> None:
    with FakeClaude(Script.from_file(steps)) as fake:
        print(fake.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
