"""Roles and their policies, the key, secrets, log groups."""

from __future__ import annotations

from judges.conversion import REF, Conversion, NoCounterpart, PartOf
from judges.inputs import Inputs, Properties


def _role(inputs: Inputs) -> Properties:
    inputs.leave_out("forceDetachPolicies")
    named = inputs.properties("description", "maxSessionDuration", "path", RoleName="name")
    return named | {"AssumeRolePolicyDocument": inputs.document("assumeRolePolicy")}


def _role_policy(inputs: Inputs) -> Properties:
    named = inputs.properties(PolicyName="name", RoleName="role")
    return named | {"PolicyDocument": inputs.document("policy")}


def _key(inputs: Inputs) -> Properties:
    inputs.leave_out("bypassPolicyLockoutSafetyCheck")
    named = inputs.properties(
        *("description", "enableKeyRotation", "keyUsage", "multiRegion"),
        Enabled="isEnabled",
        KeySpec="customerMasterKeySpec",
        PendingWindowInDays="deletionWindowInDays",
        RotationPeriodInDays="rotationPeriodInDays",
    )
    return named | {"KeyPolicy": inputs.document("policy")}


def _secret(inputs: Inputs) -> Properties:
    inputs.leave_out("forceOverwriteReplicaSecret", "recoveryWindowInDays")
    # The provider appends random characters to a prefix, which the program does not choose.
    name = inputs.take("name") or inputs.take("namePrefix")
    return inputs.properties("description", "kmsKeyId") | {"Name": name}


def _log_group(inputs: Inputs) -> Properties:
    inputs.leave_out("skipDestroy")
    return inputs.properties("kmsKeyId", "logGroupClass", "retentionInDays", LogGroupName="name")


CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    "aws:iam/role:Role": Conversion("AWS::IAM::Role", _role, {"name": REF, "arn": "Arn"}),
    "aws:iam/rolePolicy:RolePolicy": Conversion("AWS::IAM::RolePolicy", _role_policy, tagged=False),
    "aws:kms/key:Key": Conversion("AWS::KMS::Key", _key, {"keyId": REF, "arn": "Arn"}),
    "aws:kms/alias:Alias": Conversion(
        "AWS::KMS::Alias",
        lambda inputs: inputs.properties("targetKeyId", AliasName="name"),
        {"name": REF},
        tagged=False,
    ),
    "aws:secretsmanager/secret:Secret": Conversion("AWS::SecretsManager::Secret", _secret, {"arn": REF}),
    "aws:secretsmanager/secretVersion:SecretVersion": PartOf(
        "secretId", "SecretString", lambda inputs: inputs.take("secretString")
    ),
    "aws:cloudwatch/logGroup:LogGroup": Conversion(
        "AWS::Logs::LogGroup", _log_group, {"name": REF, "arn": "Arn"}
    ),
}
