"""One process: start as the console does, run the first task while pages are drawn, say how it ended.

    python -m soak.first_task FOLDER CLAUDE_URL DESKTOP_URL [anthropic|bedrock]

Streamlit puts the pages' folder on `sys.path` when it draws a page and takes it off again. An import that
walks the path at that moment skips an entry and fails with a ModuleNotFoundError, so nothing may be imported
for the first time while the agent works. The new modules of the task are printed, one a line.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from orchestration.agent.preload import preload
from orchestration.server import PAGES_SCRIPT, keep_pages_importable

# Far shorter than a real page, so that many begin and end during one task.
PAGE_SECONDS = 0.0002


def draw_pages(done: threading.Event) -> None:
    """What Streamlit does to `sys.path` for each page that it draws, again and again."""
    from streamlit.runtime.scriptrunner.exec_code import modified_sys_path  # noqa: PLC0415

    while not done.is_set():
        with modified_sys_path(str(PAGES_SCRIPT)):
            time.sleep(PAGE_SECONDS)


def main() -> int:
    """Exit status 0 when the task finished."""
    folder, claude_url, desktop_url, provider = sys.argv[1:5]
    os.environ["ANTHROPIC_BASE_URL"] = os.environ["ANTHROPIC_BEDROCK_BASE_URL"] = claude_url
    keep_pages_importable()
    preload()
    from rig import SETTINGS, Rig, fake  # noqa: PLC0415 (the rig is no part of the console)
    from stand_in_desktop import StandInDesktop  # noqa: PLC0415

    class Elsewhere(StandInDesktop):
        url: ClassVar[str] = desktop_url

    model = "claude-opus-4-6" if provider == "anthropic" else "us.anthropic.claude-opus-4-6-v1"
    rig = Rig(Path(folder), fake(), Elsewhere())
    done = threading.Event()
    thread = threading.Thread(target=draw_pages, args=(done,), daemon=True)
    thread.start()
    before = set(sys.modules)
    try:
        end = asyncio.run(rig.run("Go.", SETTINGS, provider=provider, model=model))
    finally:
        done.set()
        thread.join()
    print("\n".join(sorted(set(sys.modules) - before)))
    return 0 if end.reason == "finished" else 1


if __name__ == "__main__":
    sys.exit(main())
