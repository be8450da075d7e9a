"""Whether the daemon's disk has room for both images and their build."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from operate.findings import Finding, failure, ok, warning
from operate.preflight.docker_daemon import DaemonFailure, look
from operate.preflight.plan import Plan, PlanCheck

GIB = 1024**3
NEEDED = 4
"""GiB for one build: the two images have 2 GiB, and the builder keeps each layer a second time."""
COMFORTABLE = 8
"""GiB that leave room for a second build beside the first."""


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    try:
        folder = Path(look(plan.stack).folder)
    except DaemonFailure as problem:
        yield warning(f"not checked, because Docker does not answer: {problem}", "see the check docker above")
        return
    if not folder.is_absolute() or not folder.exists():
        yield warning(
            f"the daemon's disk ({folder}) is not on this machine, so its free space is unknown",
            f"make sure that the daemon has {COMFORTABLE} GiB free: docker system df",
        )
        return
    yield judge(shutil.disk_usage(folder).free, folder)


def judge(free: int, folder: Path) -> Finding:
    """The finding for this number of free bytes."""
    said = f"{free / GIB:.1f} GiB are free in {folder}"
    if free < NEEDED * GIB:
        return failure(f"{said}, and building the images takes {NEEDED}", "make room: docker system prune")
    if free < COMFORTABLE * GIB:
        return warning(f"{said}: enough for one build", f"make {COMFORTABLE} GiB free: docker system prune")
    return ok(said)


CHECK = PlanCheck("disk", "The daemon's disk has room for the images and their build.", find, needs_aws=False)
