"""The exceptions from the rules."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule


def check(_: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each exception that expired, is malformed, or is for a rule that takes none."""
    yield from (Finding(problem) for problem in context.exceptions.problems)


RULE = StackRule(
    name="exceptions-in-force",
    promise="Every exception has a reason, an end that is not past, and a rule that takes exceptions.",
    why="An exception that nobody looks at again is a rule that was removed in silence.",
    check=check,
    exceptable=False,
)
