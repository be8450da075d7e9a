"""Sizes of Fargate tasks."""

from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import MalformedInputError, read

MEMORY_BY_CPU = {
    256: frozenset({512, 1024, 2048}),
    512: frozenset(range(1024, 4097, 1024)),
    1024: frozenset(range(2048, 8193, 1024)),
    2048: frozenset(range(4096, 16385, 1024)),
    4096: frozenset(range(8192, 30721, 1024)),
    8192: frozenset(range(16384, 61441, 4096)),
    16384: frozenset(range(32768, 122881, 8192)),
}
"""CPU units → MiB of memory that Fargate offers with them."""


def check(task: Resource, _: Context) -> Iterator[str]:
    """Yield a message for a pair of CPU and memory that Fargate does not offer."""
    cpu, memory = (_whole(read(task.properties, key), key) for key in ("cpu", "memory"))
    if cpu not in MEMORY_BY_CPU:
        yield f"Fargate has no size with {cpu} CPU units; it has {', '.join(map(str, MEMORY_BY_CPU))}"
    elif memory not in MEMORY_BY_CPU[cpu]:
        yield f"Fargate has no size with {cpu} CPU units and {memory} MiB"


def _whole(value: object, key: str) -> int:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit()):
        raise MalformedInputError(f"{key} is no number: {value!r}")
    return int(text)


RULE = ResourceRule(
    name="fargate-size",
    promise="A task's CPU and memory are a pair that Fargate offers.",
    why="AWS refuses other pairs; an emulator may accept them.",
    types=(TASK_DEFINITION,),
    check=check,
)
