"""Names of KMS keys."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
RESERVED = "alias/aws/"


def check(alias: Resource, _: Context) -> Iterator[str]:
    """Yield a message for an alias that belongs to AWS, or that KMS does not take."""
    for key in ("name", "namePrefix"):
        name = read(alias.properties, key)
        if name is None:
            continue  # The provider makes a name up.
        if not isinstance(name, str) or not ALIAS.fullmatch(name):
            yield f"{key} is {name!r}: write alias/ and letters, digits, / _ -, at most 256 characters"
        elif name.startswith(RESERVED):
            yield f"{key} is {name!r}: {RESERVED} is reserved for keys that AWS manages"


RULE = ResourceRule(
    name="key-alias",
    promise="No key of the stack is named like one that AWS manages.",
    why="Who reads alias/aws/… takes the key for Amazon's own, which others of the account use as well.",
    types=("aws:kms/alias:Alias",),
    check=check,
)
