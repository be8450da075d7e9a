"""Rule: where tasks run."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read, texts


def check(task: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the task runs only on Fargate and has its own network interface."""
    if read(task.properties, "networkMode") != "awsvpc":
        yield f"networkMode is {read(task.properties, 'networkMode')!r} instead of awsvpc"
    wanted = read(task.properties, "requiresCompatibilities")
    if texts(wanted, "requiresCompatibilities") != ("FARGATE",):
        yield f"requiresCompatibilities is {wanted!r} instead of FARGATE only"


RULE = ResourceRule(
    name="task-isolation",
    promise="Every task runs on Fargate with its own network interface.",
    why="On a shared instance a task could reach other tasks and the host's credentials.",
    types=(TASK_DEFINITION,),
    check=check,
)
