"""Rule: root file systems of containers."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule

WRITABLE = "environment"
"""The desktop's container. A person and the agent install programs and save files there."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each container other than the desktop whose root file system is writable."""
    for label, container in containers_of(task, context):
        if container["name"] != WRITABLE and container.get("readonlyRootFilesystem") is not True:
            yield f"{label} has a writable root file system"


RULE = ResourceRule(
    name="container-read-only",
    promise="Every container except the desktop has a read-only root file system.",
    why="Then an intruder in the agent's container can't change the program that runs there.",
    types=(TASK_DEFINITION,),
    check=check,
)
