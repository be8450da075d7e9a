"""Rule: how a container's log lines are delivered."""

import re
from collections.abc import Iterator, Mapping

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import mapping

OPTIONS = frozenset(
    {"awslogs-create-group", "awslogs-datetime-format", "awslogs-group", "awslogs-multiline-pattern"}
    | {"awslogs-region", "awslogs-stream-prefix", "max-buffer-size", "mode"}
)
"""The options of the driver awslogs (Amazon ECS developer guide, LogConfiguration)."""

REQUIRED = ("awslogs-region", "awslogs-stream-prefix")
"""The options that a Fargate task needs, except the log group, which another rule requires."""

BUFFER_SIZE = re.compile(r"[1-9][0-9]*[bkmg]?", re.IGNORECASE)


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each container without an explicit delivery mode, or with unknown options."""
    for label, container in containers_of(task, context):
        configuration = mapping(container.get("logConfiguration") or {}, f"{label}.logConfiguration")
        options = mapping(configuration.get("options") or {}, f"{label}.options")
        for unknown in sorted(set(options) - OPTIONS):
            yield f"{label} sets {unknown}, which awslogs does not have: it has {', '.join(sorted(OPTIONS))}"
        for option in REQUIRED:
            if not options.get(option):
                yield f"{label} does not set {option}"
        region = options.get("awslogs-region")
        if region and context.config.region not in (None, region):
            yield f"{label} logs to {region} instead of {context.config.region}"
        yield from _mode(label, options)


def _mode(label: str, options: Mapping[str, object]) -> Iterator[str]:
    mode, size = options.get("mode"), options.get("max-buffer-size")
    if mode not in ("blocking", "non-blocking"):
        yield f"{label} has the mode {mode!r}: write blocking, or non-blocking with max-buffer-size"
    if mode == "non-blocking" and not (isinstance(size, str) and BUFFER_SIZE.fullmatch(size)):
        yield f"{label} drops lines when its buffer is full, but max-buffer-size is {size!r}: write e.g. 25m"
    if mode == "blocking" and size is not None:
        yield f"{label} sets max-buffer-size, which has an effect in non-blocking mode only"


RULE = ResourceRule(
    name="log-delivery",
    promise="Every container sets whether it waits for its log lines to be delivered or may lose some.",
    why="Otherwise an account-wide setting decides whether lines of the audit trail may be lost.",
    types=(TASK_DEFINITION,),
    check=check,
)
