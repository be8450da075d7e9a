"""Principals of policies: AWS refuses a policy that names a service, role or user that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends

from emulator import service_principals
from emulator.policy_documents import MalformedPolicy, Statement, principals

_ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root|\*")
_IAM = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(.+)")
# Sessions name no entity that could be looked up.
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:(?:assumed-role|federated-user)/.+")
_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}


def must_exist(account: str, listed: Iterable[Statement]) -> None:
    """Raises `MalformedPolicy`, as IAM and KMS do when a policy is stored."""
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
        if not _is_known(account, name):
            raise MalformedPolicy(f'Invalid principal in policy: "AWS":"{name}"')


def _is_known(account: str, name: str) -> bool:
    if _ACCOUNT.fullmatch(name) or _SESSION.fullmatch(name):
        return True
    entity = _IAM.fullmatch(name)
    if entity is None:
        return False
    if entity[1] != account:
        return True  # another account's entities are not emulated
    backend: Any = iam_backends[account]["aws"]
    known = backend.roles.values() if entity[2] == "role" else backend.users.values()
    return any(one.arn == name for one in known)
