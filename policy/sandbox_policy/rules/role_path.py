"""Rule: paths of roles."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import ROLE
from sandbox_policy.values import read

PATH = re.compile(r"/computer-use-sandbox/[A-Za-z0-9._-]+/")


def check(role: Resource, _: Context) -> Iterator[str]:
    """Yield a message unless the role's path consists of the project and the stack."""
    path = read(role.properties, "path")
    if not isinstance(path, str) or not PATH.fullmatch(path):
        yield f"path is {path!r} instead of /computer-use-sandbox/STACK/"


RULE = ResourceRule(
    name="role-path",
    promise="Every role has the path /computer-use-sandbox/STACK/.",
    why="The deployer's permissions to create and pass roles are limited to that path.",
    types=(ROLE,),
    check=check,
)
