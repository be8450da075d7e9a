"""`python -m fake_claude --port PORT --script FILE [--api-key KEY]`: serve a script until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import signal
from pathlib import Path

from fake_claude.script import Script
from fake_claude.server import FakeClaude


def main() -> None:
    """Serve on 127.0.0.1 and say where."""
    parser = argparse.ArgumentParser(prog="python -m fake_claude", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 for any free one")
    parser.add_argument("--script", type=Path, required=True, help="a JSON list of steps")
    parser.add_argument("--api-key", help="what callers of the Claude API must show")
    options = parser.parse_args()
    with (
        FakeClaude(Script.from_file(options.script), options.api_key, options.port) as fake,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(f"fake Claude at {fake.url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
