"""Whether the stack's name fits into the names that the program builds from it."""

import re
from collections.abc import Iterator

from operate.findings import Finding, failure, ok
from operate.preflight.plan import Plan, PlanCheck

# The program (config/StackName.java) refuses the same names: those that are invalid for an ECS cluster,
# and those that are longer than Pulumi allows.
CHARACTERS = re.compile(r"[A-Za-z0-9_-]+")
LONGEST = 100


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    name = plan.stack.name
    if not CHARACTERS.fullmatch(name):
        yield failure(
            f"the stack's name {name!r} has characters that an ECS cluster's name may not have",
            "rename it to letters, digits, hyphens and underscores: pulumi stack rename dev",
        )
    elif len(name) > LONGEST:
        yield failure(
            f"the stack's name has {len(name)} characters, but only {LONGEST} are allowed",
            "shorten it: pulumi stack rename dev",
        )
    else:
        yield ok(f"the stack is {name}")


CHECK = PlanCheck(
    "stack name", "AWS accepts every name that is built from the stack's name.", find, needs_aws=False
)
