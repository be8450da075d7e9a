"""`python -m fake_claude --port PORT --script FILE [--api-key KEY]`: serve a script until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
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
    fake = FakeClaude(Script.from_file(options.script), options.api_key, options.port)

    async def serve() -> None:
        task = asyncio.create_task(fake.serve())
        while fake._stopped is None:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        print(f"fake Claude at {fake.url}", flush=True)
        await task

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


if __name__ == "__main__":
    main()
