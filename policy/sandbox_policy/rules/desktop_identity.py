"""Rule: the desktop has no AWS identity."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

MAY_HAVE_ROLE = "orchestration"


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for a task role on any task that runs something other than the agent's container."""
    if read(task.properties, "taskRoleArn") is None:
        return
    if task.name != MAY_HAVE_ROLE:
        yield f"{task.name} has a task role; only {MAY_HAVE_ROLE} may have an AWS identity"
    for label, container in containers_of(task, context):
        if container["name"] != MAY_HAVE_ROLE:
            yield f"{label} shares the task role: whoever takes it over can act as that role"


RULE = ResourceRule(
    name="desktop-identity",
    promise="The desktop has no AWS identity.",
    why="Whoever takes over the desktop could read a role's credentials from the metadata endpoint.",
    types=(TASK_DEFINITION,),
    check=check,
)
