"""Whether the tasks run exactly the images that were deployed, and their containers are healthy."""

import json
from collections.abc import Iterator

from operate.aws import Answer
from operate.findings import Finding, failure, ok
from operate.verify.deployment import Deployment, DeploymentCheck


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    tasks = list(deployment.tasks())
    if not tasks:
        yield failure("no task is running", "see the check services above")
    for task in tasks:
        definition = deployment.aws.get(
            "ecs", "describe_task_definition", taskDefinition=task["taskDefinitionArn"]
        )["taskDefinition"]
        deployed = {one["name"]: str(one["image"]) for one in definition["containerDefinitions"]}
        for container in task["containers"]:
            yield from _judge(deployment, container, deployed.get(container["name"], ""))


def _judge(deployment: Deployment, container: Answer, image: str) -> Iterator[Finding]:
    name = container["name"]
    pulled, (repository, _, wanted) = str(container.get("imageDigest", "")), image.partition("@")
    if not wanted:
        yield failure(
            f"{name}: the task definition does not name a digest: {image}", "deploy again: pulumi up"
        )
    elif not pulled:
        yield failure(
            f"{name}: ECS has not pulled the image",
            "see the reason of the stopped task: aws ecs describe-tasks",
        )
    elif pulled == wanted or pulled in _manifests(deployment, repository, wanted):
        yield ok(f"{name}: the deployed image is running, {pulled[:19]}…")
    else:
        yield failure(
            f"{name}: {pulled} is running, but {wanted} was deployed",
            "find out who changed the service (CloudTrail: UpdateService, RegisterTaskDefinition)",
        )
    state, health = container.get("lastStatus"), container.get("healthStatus")
    if (state, health) == ("RUNNING", "HEALTHY"):
        yield ok(f"{name}: the container is running and healthy")
    else:
        yield failure(
            f"{name}: the container is {state} and {health}",
            "wait two minutes after a start, then look at its log group",
        )


def _manifests(deployment: Deployment, repository: str, digest: str) -> set[str]:
    """The digests of the images in an image index. A task with the index's digest runs one of them."""
    answer = deployment.aws.get(
        "ecr",
        "batch_get_image",
        repositoryName=repository.partition("/")[2],
        imageIds=[{"imageDigest": digest}],
        acceptedMediaTypes=[
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
        ],
    )
    return {
        str(manifest.get("digest"))
        for image in answer.get("images", [])
        for manifest in json.loads(image["imageManifest"]).get("manifests", [])
    }


CHECK = DeploymentCheck("images", "The tasks run the images that were deployed, and are healthy.", find)
