"""A Ctrl-C lets `pulumi` end in order, and is never mistaken for success."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from conftest import LOCAL
from launcher import stack

# What a handler says is written at once: it may interrupt a `print`, and two at a time are an error.
CHILD = """
import os, signal, sys, time
def end(*_):
    os.write(1, b"child ended in order\\n")
    sys.exit(0)
signal.signal(signal.SIGINT, end)
print("child runs", flush=True)
time.sleep(60)
"""
PARENT = f"""
import os, sys
from pathlib import Path
from launcher.stack import run_in_foreground
try:
    run_in_foreground([sys.executable, "-c", {CHILD!r}], Path.cwd(), os.environ)
except KeyboardInterrupt:
    print("parent was interrupted", flush=True)
"""


def test_an_interrupted_child_ends_first_and_its_success_does_not_count() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(
        command, cwd=LOCAL, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "child runs\n"
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.stdout.read().splitlines() == ["child ended in order", "parent was interrupted"]
        assert parent.wait() == 0


def test_what_does_not_end_at_the_first_interrupt_ends_at_the_second(tmp_path: Path) -> None:
    stubborn = (
        "import signal, sys, time\n"
        "asked = []\n"
        "signal.signal(signal.SIGINT, lambda *_: (asked.append(1), len(asked) > 1 and sys.exit(7)))\n"
        "open('ready', 'w').close()\n"
        "while True: time.sleep(0.05)\n"
    )

    def interrupt() -> None:
        while not (tmp_path / "ready").exists():
            time.sleep(0.02)
        stack.interrupt_foreground()

    other = threading.Thread(target=interrupt)
    other.start()
    assert stack.run_in_foreground([sys.executable, "-c", stubborn], tmp_path, os.environ) == 7
    other.join()
