"""Rule: encryption uses the stack's own key."""

from collections.abc import Iterator

from sandbox_policy.links import awaits_link, linked
from sandbox_policy.model import Context, Finding, Stack, StackRule

KEY = "aws:kms/key:Key"
ENCRYPTED = {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:ecr/repository:Repository": "encryptionConfigurations",
    "aws:secretsmanager/secret:Secret": "kmsKeyId",
}


def check(stack: Stack, context: Context) -> Iterator[Finding]:
    """Yield a finding for each log group, repository and secret whose key does not belong to this stack."""
    for resource in stack.of_type(*ENCRYPTED):
        key = ENCRYPTED[resource.type]
        if not awaits_link(resource, key, context) and not linked(stack, resource, key, KEY):
            yield Finding(f"{resource.name} is not encrypted with a key of this stack", resource.urn)


RULE = StackRule(
    name="own-key",
    promise="Logs, images and secrets are encrypted with this stack's key.",
    why="The owner of a key decides who may read the data.",
    check=check,
)
