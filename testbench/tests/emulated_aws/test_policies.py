"""Keys, trust and log encryption: policies that AWS refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Aws, Refused


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _root(account: str) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}


def _logs(group: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-west-2.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-west-2:*:log-group:{group}"}
        },
    }


@pytest.fixture
def account(aws: Aws) -> str:
    return str(aws("sts").get_caller_identity()["Account"])


def test_a_key_policy_must_be_json(aws: Aws, refused: Refused) -> None:
    assert refused(aws("kms").create_key, Policy="{") == "MalformedPolicyDocumentException"


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
        {"Action": ["kms:Encrypt", "kms:Decrypt"]},
        {"Effect": "Deny"},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
    ],
    ids=str,
)
def test_a_key_policy_may_not_lock_its_author_out(
    aws: Aws, refused: Refused, account: str, change: dict[str, Any]
) -> None:
    locked = _policy({**_root(account), **change})
    assert refused(aws("kms").create_key, Policy=locked) == "MalformedPolicyDocumentException"
    key = aws("kms").create_key(Policy=_policy(_root(account)))["KeyMetadata"]["KeyId"]
    put = {"KeyId": key, "PolicyName": "default", "Policy": locked}
    assert refused(aws("kms").put_key_policy, **put) == "MalformedPolicyDocumentException"
    aws("kms").put_key_policy(**put, BypassPolicyLockoutSafetyCheck=True)


def test_a_log_group_accepts_only_a_key_that_logs_may_use(aws: Aws, refused: Refused, account: str) -> None:
    kms, logs = aws("kms"), aws("logs")
    key = kms.create_key(Policy=_policy(_root(account)))["KeyMetadata"]
    create = {"logGroupName": "/sandbox/a", "kmsKeyId": key["Arn"]}
    assert refused(logs.create_log_group, **create) == "AccessDeniedException"
    allowed = _policy(_root(account), _logs("/sandbox/*"))
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=allowed)
    assert (
        refused(logs.create_log_group, logGroupName="/else", kmsKeyId=key["Arn"]) == "AccessDeniedException"
    )
    logs.create_log_group(**create)
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"] == key["Arn"]


@pytest.mark.parametrize("change", [{"Resource": "*"}, {"Principal": None}, {"Effect": "Maybe"}], ids=str)
def test_an_invalid_trust_policy_is_refused(aws: Aws, refused: Refused, change: dict[str, Any]) -> None:
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    wrong = {key: value for key, value in {**trust, **change}.items() if value is not None}
    iam = aws("iam")
    arguments = {"RoleName": "r", "AssumeRolePolicyDocument": _policy(wrong)}
    assert refused(iam.create_role, **arguments) == "MalformedPolicyDocument"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=_policy(trust))
    code = refused(iam.update_assume_role_policy, RoleName="r", PolicyDocument=_policy(wrong))
    assert code == "MalformedPolicyDocument"
