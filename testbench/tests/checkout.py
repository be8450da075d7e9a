"""Makes a folder a checkout for the launcher: tools, and a task runner that runs nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from launcher.places import Places

_RUNNER = """\
import json, os, pathlib, signal, sys, urllib.request

arguments = sys.argv[1:]
folder = pathlib.Path(arguments[arguments.index("--folder") + 1])
calls = folder.parent / "calls"

def note(what):
    with calls.open("a") as file:
        file.write(what + "\\n")

def can_reach_aws():
    try:
        urllib.request.urlopen(arguments[arguments.index("--endpoint") + 1] + "/_emulator").close()
    except OSError:
        return False
    return True

if (folder.parent / "runner-refuses").exists():
    sys.exit("this machine cannot run tasks")
if "--only-clean" in arguments:
    note("runner-cleans")
    sys.exit(0)
note("runner-starts")
folder.mkdir(parents=True, exist_ok=True)
state = folder / "runner.json"
draft = folder / "runner.new"
draft.write_text(json.dumps({
    "guard": os.getpid(),
    "work": os.getpid(),
    "arguments": arguments,
    "not_enforced": ["security groups"],
}))

# From here on it waits for its end, also when that comes before it waits.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("running", flush=True)
draft.replace(state)
signal.sigwait({signal.SIGTERM})
note("runner-ends" if can_reach_aws() else "runner-ends-without-aws")
state.unlink(missing_ok=True)
"""


def install_tools(places: Places) -> None:
    """The interpreter of this test run, with its packages, as the checkout's own; and the image registry."""
    places.python.parent.mkdir(parents=True)
    # Not a link to the interpreter: that would lose the environment it belongs to.
    places.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    places.python.chmod(0o755)
    places.bin.mkdir(parents=True, exist_ok=True)
    (places.bin / "oci-registry").symlink_to(Places.of_this_checkout().bin / "oci-registry")


def install_runner(places: Places) -> None:
    """A stand-in that notes in `.local/calls` what it does, and refuses if `.local/runner-refuses` exists."""
    folder = places.sources / "runner"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "__main__.py").write_text(_RUNNER, encoding="utf-8")


def calls(places: Places) -> list[str]:
    """What stand-ins did, in order."""
    file: Path = places.generated / "calls"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
