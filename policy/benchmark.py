"""Measures how much time the pack adds to a preview: `make bench` prints a table.

The pack is started and called as the engine does it, with as many resources as the sandbox has: copies of the
tests' valid stack. The engine's own work (two messages for each resource) is not included.
"""

import json
import sys
import time

from good_stack import CONFIG, good_stack

from mutation.recording import Recording, Shown
from mutation.replay import served

RESOURCES = 110


def sandbox() -> Recording:
    """A preview of a new stack that has as many resources as the real one."""
    shown: list[Shown] = []
    while len(shown) < RESOURCES:
        copies = good_stack(preview=True)
        shown += [Shown(stub.type, stub.name, stub.urn, stub.properties, stub.ties) for stub in copies]
    config = {
        key if ":" in key else f"computer-use-sandbox:{key}": value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in CONFIG.items()
    }
    return Recording("preview", json.dumps(config), shown[:RESOURCES], shown[:RESOURCES])


def main() -> int:
    """Run the benchmark and print the seconds of each part."""
    recording = sandbox()
    began = time.perf_counter()
    with served(recording) as pack:
        pack.judge_stack([])
        started = time.perf_counter()
        for shown in recording.inputs:
            pack.judge_resource(shown)
        resources = time.perf_counter()
        pack.judge_stack(recording.outputs)
        stack = time.perf_counter()
    rows = (
        ("start", started - began),
        (f"{RESOURCES} resources", resources - started),
        ("the stack", stack - resources),
        ("all", stack - began),
    )
    for name, seconds in rows:
        sys.stdout.write(f"{name:14} {seconds:6.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
