"""Rule: the exceptions from the rules are valid."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Finding, Stack, StackRule


def check(_: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each exception that is expired or malformed, or whose rule allows none."""
    yield from (Finding(problem) for problem in context.exceptions.problems)


RULE = StackRule(
    name="exceptions-in-force",
    promise="Every exception has a reason, has not expired, and is for a rule that allows exceptions.",
    why="An exception that nobody reviews again silently removes a rule.",
    check=check,
    exceptable=False,
)
