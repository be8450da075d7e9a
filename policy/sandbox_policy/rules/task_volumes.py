"""Storage of tasks."""

from collections.abc import Iterator, Mapping

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read

SCRATCH = frozenset({"name", "configureAtLaunch"})
"""What an empty volume that ends with its task has; every other key brings storage from elsewhere."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for storage from outside the task, and for a mount of a volume that is not there."""
    names: list[object] = []
    for index, element in enumerate(items(read(task.properties, "volumes"), "volumes")):
        if element is UNKNOWN:
            yield f"volumes[{index}] is unknown"
            continue
        volume = mapping(element, f"volumes[{index}]")
        name = read(volume, "name")
        names.append(name)
        outside = sorted(key for key in volume if key not in SCRATCH and read(volume, key))
        if outside:
            yield f"volume {name} sets {', '.join(outside)}: a task has only scratch of its own"
    for name in names:
        if names.count(name) > 1 or not isinstance(name, str):
            yield f"volume {name!r} needs a name of its own"
    for label, container in containers_of(task, context):
        yield from _mounts(label, container, names)


def _mounts(label: str, container: Mapping[str, object], names: list[object]) -> Iterator[str]:
    for element in items(container.get("mountPoints"), f"{label}.mountPoints"):
        mount = mapping(element, f"{label}.mountPoints")
        volume, path = mount.get("sourceVolume"), mount.get("containerPath")
        if volume not in names:
            yield f"{label} mounts the volume {volume!r} at {path}, which the task does not have"
        if not isinstance(path, str) or not path.startswith("/"):
            yield f"{label} mounts {volume!r} at {path!r}, which is no absolute path"
    if list(items(container.get("volumesFrom"), f"{label}.volumesFrom")):
        yield f"{label} takes volumes from another container"


RULE = ResourceRule(
    name="task-volumes",
    promise="Containers mount empty volumes of their own task only.",
    why="What a task writes must end with it; storage from elsewhere outlives it and may be shared.",
    types=(TASK_DEFINITION,),
    check=check,
)
