"""Rule: names of secrets."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import read

PREFIX = "computer-use-sandbox/"
CHARACTERS = re.compile(r"[A-Za-z0-9/_+=.@-]+")
LONGEST = 512
LOOKS_LIKE_A_SUFFIX = re.compile(r".*-[A-Za-z0-9]{6}", re.DOTALL)


def check(secret: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the name has the project's prefix and only characters that AWS accepts."""
    name, prefix = read(secret.properties, "name"), read(secret.properties, "namePrefix")
    # The program may set either. From a prefix the AWS provider generates a name.
    key, given = ("name", name) if prefix is None else ("namePrefix", prefix)
    if not isinstance(given, str) or not given.startswith(PREFIX):
        yield f"{key} is {given!r} instead of beginning with {PREFIX}"
        return
    if not CHARACTERS.fullmatch(given):
        yield f"{key} is {given!r}: Secrets Manager accepts letters, digits and /_+=.@- only"
    if len(given) > LONGEST:
        yield f"{key} has {len(given)} characters instead of at most {LONGEST}"
    if key == "name" and LOOKS_LIKE_A_SUFFIX.fullmatch(given):
        yield f"{key} {given!r} ends like the suffix that AWS appends, which makes partial ARNs ambiguous"


RULE = ResourceRule(
    name="secret-name",
    promise="Every secret's name begins with computer-use-sandbox/.",
    why="The deployer's permissions are limited to that prefix: a new secret has no known ARN yet.",
    types=("aws:secretsmanager/secret:Secret",),
    check=check,
)
