"""Rule: storage of tasks."""

from collections.abc import Iterator, Mapping

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read

SCRATCH = frozenset({"name", "configureAtLaunch"})
"""The keys of an empty volume that is deleted with its task. Any other key attaches outside storage."""


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for storage from outside the task, and for a mount of a volume that does not exist."""
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
            yield f"volume {name} sets {', '.join(outside)}: a task may only have empty volumes"
    for name in names:
        if names.count(name) > 1 or not isinstance(name, str):
            yield f"volume {name!r} needs a unique name"
    for label, container in containers_of(task, context):
        yield from _mounts(label, container, names)


def _mounts(label: str, container: Mapping[str, object], names: list[object]) -> Iterator[str]:
    for element in items(container.get("mountPoints"), f"{label}.mountPoints"):
        mount = mapping(element, f"{label}.mountPoints")
        volume, path = mount.get("sourceVolume"), mount.get("containerPath")
        if volume not in names:
            yield f"{label} mounts the volume {volume!r} at {path}, which the task does not have"
        if not isinstance(path, str) or not path.startswith("/"):
            yield f"{label} mounts {volume!r} at {path!r}, which is not an absolute path"
    if list(items(container.get("volumesFrom"), f"{label}.volumesFrom")):
        yield f"{label} uses volumes of another container"


RULE = ResourceRule(
    name="task-volumes",
    promise="Containers mount only empty volumes of their own task.",
    why="A task's data must be deleted with it; other storage outlives the task and may be shared.",
    types=(TASK_DEFINITION,),
    check=check,
)
