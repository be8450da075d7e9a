"""Rule: aliases of KMS keys."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
RESERVED = "alias/aws/"


def check(alias: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an alias that is reserved for AWS or that KMS does not accept."""
    for key in ("name", "namePrefix"):
        name = read(alias.properties, key)
        if name is None:
            continue  # The provider generates a name.
        if not isinstance(name, str) or not ALIAS.fullmatch(name):
            yield f"{key} is {name!r}: write alias/ and letters, digits, / _ -, at most 256 characters"
        elif name.startswith(RESERVED):
            yield f"{key} is {name!r}: {RESERVED} is reserved for keys that AWS manages"


RULE = ResourceRule(
    name="key-alias",
    promise="No key of the stack has an alias that is reserved for keys managed by AWS.",
    why="A reader would mistake alias/aws/… for an AWS managed key, which the whole account shares.",
    types=("aws:kms/alias:Alias",),
    check=check,
)
