"""Rule: encryption of image repositories."""

from collections.abc import Iterator

from sandbox_policy.keys import judge_key
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import UNKNOWN, items, mapping, read


def check(repository: Resource, context: Context) -> Iterator[str]:
    """Yield a message unless images are encrypted with a KMS key."""
    configurations = list(
        items(read(repository.properties, "encryptionConfigurations"), "encryptionConfigurations")
    )
    if len(configurations) != 1 or configurations[0] is UNKNOWN:
        yield "encryptionConfigurations is not one known configuration"
        return
    configuration = mapping(configurations[0], "encryptionConfigurations[0]")
    kind = read(configuration, "encryptionType")
    if kind != "KMS":
        yield f"encryptionType is {kind!r} instead of KMS"
    yield from judge_key(read(configuration, "kmsKey"), "kmsKey", context)


RULE = ResourceRule(
    name="repository-encrypted",
    promise="Images are encrypted with a KMS key.",
    why="Then reading them needs permission on the key as well as in ECR.",
    types=("aws:ecr/repository:Repository",),
    check=check,
)
