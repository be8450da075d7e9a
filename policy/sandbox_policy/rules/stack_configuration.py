"""Rule: the stack's configuration can be read."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule


def check(_: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each part of the stack's configuration that can't be read."""
    yield from (Finding(problem) for problem in context.config.problems)


RULE = StackRule(
    name="stack-configuration",
    promise="The rules can read the stack's configuration.",
    why="Without it the rules allow no source and no model, and would report misleading reasons.",
    check=check,
    exceptable=False,
)
