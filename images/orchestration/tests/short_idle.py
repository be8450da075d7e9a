"""Starts the console as ever, but with sessions that end after three idle seconds: a test cannot wait a
minute.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import orchestration.__main__ as supervisor
import orchestration.server as server
from orchestration.configuration import Configuration

IDLE_SECONDS = 3


def main() -> int:
    """With an argument the console's own process, without one the supervisor."""
    if len(sys.argv) > 1:
        read = Configuration.from_environment
        shorter = staticmethod(lambda: replace(read(), session_idle_minutes=IDLE_SECONDS / 60))  # type: ignore[arg-type]
        Configuration.from_environment = shorter  # type: ignore[method-assign,assignment]
        return server.main()
    parts = supervisor.parts

    def with_short_idle(configuration: Configuration, folder: Path) -> list[supervisor.Part]:
        made = parts(configuration, folder)
        made[0].command = [sys.executable, __file__, made[0].command[-1]]
        return made

    supervisor.parts = with_short_idle
    return supervisor.main()


if __name__ == "__main__":
    sys.exit(main())
