"""Rule: how a task definition names its images."""

import re
from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import dns_suffix_of

BY_DIGEST = re.compile(
    r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?P<suffix>[a-z.-]+)/[^@\s:]+@sha256:[0-9a-f]{64}"
)


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each container whose image is not named by its digest in an ECR repository."""
    for label, container in containers_of(task, context):
        image = container.get("image")
        match = BY_DIGEST.fullmatch(image) if isinstance(image, str) else None
        if match is None or match["suffix"] != dns_suffix_of(match["region"]):
            yield f"{label} runs {image!r}, which is not an image of an ECR repository named by its digest"


RULE = ResourceRule(
    name="image-digest",
    promise="Task definitions name images of a private ECR repository by digest.",
    why="A tag can be moved to another image, and a public image is controlled by somebody else.",
    types=(TASK_DEFINITION,),
    check=check,
)
