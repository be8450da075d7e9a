"""IAM: trust policies and permission policies that AWS refuses."""

from __future__ import annotations

import re

from emulator import principals
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters
from emulator.policy_documents import MalformedPolicy, Statement, as_list, statements


@checks("iam", "create_role")
def boundary_must_exist(call: Call, parameters: Parameters) -> None:
    arn = parameters.get("PermissionsBoundary")
    if arn is not None and arn not in call.backend.managed_policies:
        refuse("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


# STS's actions that a trust policy can allow (STS API reference).
_TRUST_ACTION = re.compile(r"sts:(?:AssumeRole\w*|SetSourceIdentity|TagSession|SetContext|\*)")
# IAM guide, "IAM and AWS STS quotas": characters without white space.
_LONGEST_TRUST = 2048
_LONGEST_INLINE = 10_240
_LONGEST_MANAGED = 6_144


@checks("iam", "create_role", "update_assume_role_policy")
def trust_policy_must_be_valid(call: Call, parameters: Parameters) -> None:
    document = parameters.get("AssumeRolePolicyDocument") or parameters.get("PolicyDocument", "")
    try:
        listed = statements(document)
        for statement in listed:
            _check_trust(statement)
        principals.must_exist(call, listed)
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocument", str(error))
    _must_fit(document, _LONGEST_TRUST, "ACLSizePerRole")


def _check_trust(statement: Statement) -> None:
    for prohibited in ("Resource", "NotResource"):
        if prohibited in statement:
            raise MalformedPolicy(f"Has prohibited field {prohibited}")
    if not {"Principal", "NotPrincipal"} & statement.keys():
        raise MalformedPolicy("Missing required field Principal")
    for action in as_list(statement.get("Action", [])):
        if not _TRUST_ACTION.fullmatch(action):
            raise MalformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.")


@checks("iam", "put_role_policy")
def inline_policy_must_be_valid(_call: Call, parameters: Parameters) -> None:
    _check_permissions(parameters["PolicyDocument"])
    _must_fit(parameters["PolicyDocument"], _LONGEST_INLINE, "a role's inline policies")


@checks("iam", "create_policy")
def managed_policy_must_be_valid(_call: Call, parameters: Parameters) -> None:
    _check_permissions(parameters["PolicyDocument"])
    _must_fit(parameters["PolicyDocument"], _LONGEST_MANAGED, "PolicySize")


def _check_permissions(document: str) -> None:
    try:
        for statement in statements(document):
            if {"Principal", "NotPrincipal"} & statement.keys():
                raise MalformedPolicy("Policy document should not specify a principal.")
            if not {"Resource", "NotResource"} & statement.keys():
                raise MalformedPolicy("Policy statement must contain resources.")
            if not re.fullmatch(r"[A-Za-z0-9]*", statement.get("Sid", "")):
                raise MalformedPolicy(
                    f"Statement IDs (SID) must be alpha-numeric. {statement['Sid']!r} is not."
                )
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocument", str(error))


def _must_fit(document: str, longest: int, quota: str) -> None:
    size = len("".join(document.split()))
    if size > longest:
        refuse("LimitExceeded", f"Cannot exceed quota for {quota}: {longest} (the policy has {size}).")
