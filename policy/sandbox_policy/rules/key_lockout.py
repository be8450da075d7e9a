"""Rule: no key policy that nobody could change any more."""

from collections.abc import Iterator

from sandbox_policy.documents import read_document
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.rules.key_principals import ROOT
from sandbox_policy.values import read

BYPASS = "bypassPolicyLockoutSafetyCheck"


def check(key: Resource, context: Context) -> Iterator[str]:
    """Yield a message if the lockout safety check is off, or if the policy leaves the account no way
    to change it.
    """
    bypass = read(key.properties, BYPASS)
    if bypass not in (False, None):
        yield f"{BYPASS} is {bypass!r} instead of false"
    statements = read_document(read(key.properties, "policy"), "policy", context)
    if statements and not any(
        statement.allows
        and not statement.conditions
        and "kms:*" in (statement.actions or ())
        and any(kind == "AWS" and ROOT.fullmatch(value) for kind, value in statement.principals or ())
        for statement in statements
    ):
        yield "no statement gives the account kms:* without a condition, so the key locks everybody out"
    for statement in statements:
        if not statement.allows and any(value == "*" for _, value in statement.principals or ()):
            yield f"{statement.label} denies everybody, the account's administrators among them"


RULE = ResourceRule(
    name="key-lockout",
    promise="The account can always change a key's policy, and the lockout check stays on.",
    why="Only AWS Support can recover a key whose policy locks its owner out.",
    types=("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy"),
    check=check,
)
