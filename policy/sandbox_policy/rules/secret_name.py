"""Names of secrets."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

PREFIX = "computer-use-sandbox/"
CHARACTERS = re.compile(r"[A-Za-z0-9/_+=.@-]+")
LONGEST = 512
LOOKS_LIKE_A_SUFFIX = re.compile(r".*-[A-Za-z0-9]{6}", re.DOTALL)


def check(secret: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the secret's name has the project's prefix and characters that AWS takes."""
    name, prefix = read(secret.properties, "name"), read(secret.properties, "namePrefix")
    # The AWS provider writes a name of its own from the prefix; either may be what the program gave.
    key, given = ("name", name) if prefix is None else ("namePrefix", prefix)
    if not isinstance(given, str) or not given.startswith(PREFIX):
        yield f"{key} is {given!r} instead of beginning with {PREFIX}"
        return
    if not CHARACTERS.fullmatch(given):
        yield f"{key} is {given!r}: Secrets Manager takes letters, digits and /_+=.@- only"
    if len(given) > LONGEST:
        yield f"{key} has {len(given)} characters instead of at most {LONGEST}"
    if key == "name" and LOOKS_LIKE_A_SUFFIX.fullmatch(given):
        yield f"{key} {given!r} ends like the suffix that AWS appends: partial ARNs become ambiguous"


RULE = ResourceRule(
    name="secret-name",
    promise="Every secret is filed under computer-use-sandbox/.",
    why="A deployer's rights are limited to that prefix: nothing else scopes them before a secret exists.",
    types=("aws:secretsmanager/secret:Secret",),
    check=check,
)
