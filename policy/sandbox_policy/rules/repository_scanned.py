"""Rule: scanning of images."""

from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, mapping, read


def check(repository: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless images are scanned when they are pushed."""
    configuration = read(repository.properties, "imageScanningConfiguration")
    if configuration is None or configuration is UNKNOWN:
        yield "imageScanningConfiguration is missing or unknown"
        return
    value = read(mapping(configuration, "imageScanningConfiguration"), "scanOnPush")
    if value is not True:
        yield f"imageScanningConfiguration.scanOnPush is {value!r} instead of true"


RULE = ResourceRule(
    name="repository-scanned",
    promise="Images are scanned for known vulnerabilities when they are pushed.",
    why="The desktop's image contains a browser, in which new vulnerabilities are found often.",
    types=("aws:ecr/repository:Repository",),
    check=check,
)
