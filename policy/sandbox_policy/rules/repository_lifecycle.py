"""Rule: how long images are kept."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Context, Finding, Stack, StackRule

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


def check(stack: Stack, _: Context) -> Iterator[Finding]:
    """Yield a finding for each repository that keeps its images forever."""
    cleaned = {
        repository.urn
        for policy in stack.of_type(LIFECYCLE)
        for repository in linked(stack, policy, "repository", REPOSITORY)
    }
    for repository in stack.of_type(REPOSITORY):
        if repository.urn not in cleaned:
            yield Finding(f"{repository.name} has no lifecycle policy", repository.urn)


RULE = StackRule(
    name="repository-lifecycle",
    promise="Old images are removed.",
    why="They cost money, and somebody may deploy their old vulnerabilities by mistake.",
    check=check,
)
