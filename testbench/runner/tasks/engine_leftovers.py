"""What the runner makes in the container engine, found again by its labels and removed.

`python -m runner.tasks.engine_leftovers LABEL=VALUE` waits for the end of its input first: see `EngineGuard`.
Standard library only, as `containers.engine`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from containers.engine import Engine, EngineError

TASK = "computer-use-sandbox.task"
"""The task's ID: on its containers and volumes."""
RUNNER = "computer-use-sandbox.runner"
"""The folder of the runner: the same when it is started again."""
RUN = "computer-use-sandbox.run"
"""Another value each time that a runner is started."""

_SECONDS = 60.0
_PAUSE = 0.1
# Containers before what they use. Volumes without a name (the image's VOLUME) go with their container.
_KINDS = (
    (("ps", "--all", "--no-trunc"), ("rm", "--force", "--volumes")),
    (("volume", "ls"), ("volume", "rm", "--force")),
    (("network", "ls", "--no-trunc"), ("network", "rm")),
)


def remove_leftovers(engine: Engine, folder: Path) -> int:
    """Remove what an earlier runner of this folder has left; how many things. Raises `EngineError`."""
    return remove(engine, f"{RUNNER}={folder.resolve()}")


def remove(engine: Engine, label: str) -> int:
    """Remove containers, volumes and networks with a label, `NAME=VALUE`; how many there were.

    Somebody else may be removing them as well. Raises `EngineError` when some are still there after a minute.
    """
    seen: set[str] = set()
    deadline = time.monotonic() + _SECONDS
    while True:
        left, refused = _remove_once(engine, label)
        if not left:
            return len(seen)
        seen |= left
        if refused is not None:
            if time.monotonic() > deadline:
                raise refused
            time.sleep(_PAUSE)


def _remove_once(engine: Engine, label: str) -> tuple[set[str], EngineError | None]:
    """What there was, and why some of it may still be."""
    found: set[str] = set()
    refused = None
    for listing, removal in _KINDS:
        ids = engine.run(*listing, "--quiet", "--filter", f"label={label}").split()
        found.update(ids)
        if ids:
            # Podman would otherwise ask a container to end, and wait ten seconds for that.
            at_once = ["--time=0"] if engine.is_podman and listing[0] == "ps" else []
            try:
                engine.run(*removal, *at_once, *ids)
            except EngineError as error:
                refused = error
    return found, refused


def _main() -> int:
    command, label = sys.argv[1:]
    sys.stdin.buffer.read()
    try:
        remove(Engine(command), label)
    except EngineError as error:
        print(f"Containers of the runner may be left, with the label {label}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
