"""Rule: where containers send their logs."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import mapping


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each container that does not log to a group, or that creates the group itself."""
    for label, container in containers_of(task, context):
        configuration = mapping(container.get("logConfiguration") or {}, f"{label}.logConfiguration")
        options = mapping(configuration.get("options") or {}, f"{label}.options")
        if configuration.get("logDriver") != "awslogs" or not options.get("awslogs-group"):
            yield f"{label} does not log to a CloudWatch log group"
        if str(options.get("awslogs-create-group", "false")).lower() != "false":
            yield f"{label} lets ECS create its log group, which would have no key and keep logs forever"


RULE = ResourceRule(
    name="container-logs",
    promise="Every container logs to a log group that the stack defines.",
    why="Without logs an incident can't be investigated, and logs elsewhere are not encrypted with the key.",
    types=(TASK_DEFINITION,),
    check=check,
)
