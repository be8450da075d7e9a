"""How a task definition names its images."""

import re
from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule

BY_DIGEST = re.compile(r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[^@\s:]+@sha256:[0-9a-f]{64}")


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each container whose image is not named by its digest in an ECR repository."""
    for label, container in containers_of(task, context):
        image = container.get("image")
        if not isinstance(image, str) or not BY_DIGEST.fullmatch(image):
            yield f"{label} runs {image!r}, which is no image of an ECR repository named by its digest"


RULE = ResourceRule(
    name="image-digest",
    promise="What runs is named by its digest, from a private repository.",
    why="A tag may name another image tomorrow; a public image is somebody else's.",
    types=(TASK_DEFINITION,),
    check=check,
)
