"""Principals of policies: AWS refuses a policy that names a service, role or user that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable

from emulator import service_principals
from emulator.moto_adapter import Call
from emulator.policy_documents import MalformedPolicy, Statement, allows, principals, statements

_ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root|\*")
_IAM = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(.+)")
# A session is not kept anywhere, so it cannot be looked up.
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:(?:assumed-role|federated-user)/.+")
_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}


def must_exist(call: Call, listed: Iterable[Statement]) -> None:
    """Raises `MalformedPolicy` for a principal that does not exist, as AWS does when it stores a policy."""
    listed = list(listed)
    for statement in listed:
        named = statement.get("Principal", statement.get("NotPrincipal"))
        if isinstance(named, dict) and not named.keys() <= _KINDS:
            raise MalformedPolicy(f"Invalid principal in policy: {sorted(named.keys() - _KINDS)}")
        if named is not None and named != "*" and not isinstance(named, dict):
            raise MalformedPolicy(f"Invalid principal in policy: {named}")
    for name in principals(listed, "Service"):
        if not service_principals.exists(name):
            raise MalformedPolicy(f'Invalid principal in policy: "SERVICE":"{name}"')
    for name in principals(listed, "AWS"):
        if not _is_known(call, name):
            raise MalformedPolicy(f'Invalid principal in policy: "AWS":"{name}"')


def _is_known(call: Call, name: str) -> bool:
    if _ACCOUNT.fullmatch(name) or _SESSION.fullmatch(name):
        return True
    entity = _IAM.fullmatch(name)
    if entity is None:
        return False
    if entity[1] != call.account:
        return True  # the entities of other accounts are not emulated
    iam = call.backend_of("iam")
    known = iam.roles.values() if entity[2] == "role" else iam.users.values()
    return any(one.arn == name for one in known)


def role_exists(call: Call, arn: str) -> bool:
    """Whether the account has the role."""
    return any(one.arn == arn for one in call.backend_of("iam").roles.values())


def may_assume(call: Call, service: str, role_arn: str, source_arn: str) -> bool:
    """Whether the role exists and its trust policy lets the service assume it on behalf of the source."""
    context = {"aws:SourceAccount": call.account, "aws:SourceArn": source_arn}
    return any(
        allows(statements(role.assume_role_policy_document), "Service", service, "sts:AssumeRole", context)
        for role in call.backend_of("iam").roles.values()
        if role.arn == role_arn
    )
