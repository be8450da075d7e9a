"""Whether the stack's name fits into the names that the program builds from it."""

import re
from collections.abc import Iterator

from operate.findings import Finding, failure, ok
from operate.preflight.plan import Plan, PlanCheck

# The narrowest of the services' rules: an ECS cluster name has letters, digits, hyphens and underscores, at
# most 255 (CreateCluster); an IAM path and a log group's name take all of these.
CHARACTERS = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_CLUSTER = 255
"""Characters; the task definitions' families are the cluster's name with `-orchestration` behind it."""


def find(plan: Plan) -> Iterator[Finding]:
    """See the module."""
    name = plan.stack.name
    longest = LONGEST_CLUSTER - len(plan.stack.cluster.removesuffix(name)) - len("-orchestration")
    if not CHARACTERS.fullmatch(name):
        yield failure(
            f"the stack's name {name!r} has characters that an ECS cluster's name may not have",
            "pulumi stack init with letters, digits, hyphens and underscores, such as dev",
        )
    elif len(name) > longest:
        yield failure(
            f"the stack's name has {len(name)} characters, and the names built from it leave {longest}",
            "pulumi stack init with a shorter name, such as dev",
        )
    else:
        yield ok(f"the stack is {name}, its cluster {plan.stack.cluster}")


CHECK = PlanCheck("stack name", "AWS takes every name that is built from the stack's.", find, needs_aws=False)
