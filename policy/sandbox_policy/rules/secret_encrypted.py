"""Rule: encryption of secrets."""

from collections.abc import Iterator

from sandbox_policy.keys import judge_key
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, read


def check(secret: Resource, context: Context) -> Iterator[str]:
    """Yield a message unless the secret has a key, no replicas, and no resource policy."""
    yield from judge_key(read(secret.properties, "kmsKeyId"), "kmsKeyId", context)
    if list(items(read(secret.properties, "replicas"), "replicas")):
        yield "replicas is set: replicas would be encrypted with other keys"
    if read(secret.properties, "policy") not in (None, "", "{}"):
        yield "policy is set: a secret of the sandbox must not be shared"


RULE = ResourceRule(
    name="secret-encrypted",
    promise="Every secret is encrypted with a KMS key and shared with nobody.",
    why="With the account's default key, every principal that may read the secret can also decrypt it.",
    types=("aws:secretsmanager/secret:Secret",),
    check=check,
)
