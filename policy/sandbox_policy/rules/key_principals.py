"""Rule: the principals that a key policy admits."""

import re
from collections.abc import Iterator

from sandbox_policy.documents import read_document
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import dns_suffix_of
from sandbox_policy.values import read

ROOT = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:root")
SERVICE = re.compile(r"logs\.(?P<region>[a-z0-9-]+)\.(?P<suffix>[a-z.-]+)")

LOG_GROUP = "kms:EncryptionContext:aws:logs:arn"


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each principal other than the account, or CloudWatch Logs with a condition."""
    for statement in read_document(read(resource.properties, "policy"), "policy", context):
        if not statement.allows:
            continue
        if statement.principals is None or statement.not_principals:
            yield f"{statement.label} does not say who is allowed"
            continue
        for kind, value in statement.principals:
            if kind == "AWS" and ROOT.fullmatch(value):
                continue
            if kind != "Service" or not _is_logs(value, context):
                yield f"{statement.label} admits {kind} {value!r}, not only the account and CloudWatch Logs"
            elif not any(key == LOG_GROUP for _, key, _ in statement.conditions):
                yield f"{statement.label} admits {value} for any account: no condition names our log groups"


def _is_logs(principal: str, context: Context) -> bool:
    match = SERVICE.fullmatch(principal)
    return (
        match is not None
        and match["suffix"] == dns_suffix_of(match["region"])
        and context.config.region in (None, match["region"])
    )


RULE = ResourceRule(
    name="key-principals",
    promise="A key policy admits only this account, and CloudWatch Logs for this stack's log groups.",
    why='`"Principal": "*"` lets every account decrypt; a service without a condition acts for any account.',
    types=("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy"),
    check=check,
)
