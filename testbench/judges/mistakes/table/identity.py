"""Roles, trust policies, permission policies."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake
from judges.places_in_inputs import ABSENT

_ROLE = "iam.Role orchestration-task"
_TRUST = "assumeRolePolicy!Statement.0"
_POLICY = "iam.RolePolicy orchestration-task"
_FIRST = "policy!Statement.0"
_GRAMMAR = "IAM reference: grammar of the JSON policy language"
_ELEMENTS = "IAM reference: JSON policy elements"

MISTAKES = (
    Mistake(
        "role's name with a blank",
        _ROLE,
        {"name": "orchestration task"},
        "Allowed are letters, digits and +=,.@-_.",
        "IAM API: CreateRole, RoleName",
    ),
    Mistake(
        "role's name of 65 characters",
        _ROLE,
        {"name": "x" * 65},
        "At most 64 characters.",
        "IAM API: CreateRole, RoleName",
    ),
    Mistake(
        "role's path without a slash at its end",
        _ROLE,
        {"path": "/computer-use-sandbox"},
        "A path begins and ends with a slash.",
        "IAM API: CreateRole, Path",
    ),
    Mistake(
        "arrow in a role's description",
        _ROLE,
        {"description": "agent \u2192 Bedrock"},
        "Allowed are the characters of Latin 1.",
        "IAM API: roleDescriptionType",
    ),
    Mistake(
        "role's session of half an hour",
        _ROLE,
        {"maxSessionDuration": 1800},
        "The duration is between 3600 and 43200 seconds.",
        "IAM API: CreateRole, MaxSessionDuration",
    ),
    Mistake(
        "trust in a misspelt service",
        _ROLE,
        {f"{_TRUST}.Principal.Service": "ecs-task.amazonaws.com"},
        "The service principal exists.",
        "IAM guide: troubleshooting policies, 'Invalid principal in policy'",
    ),
    Mistake(
        "trust in an account of 11 digits",
        _ROLE,
        {f"{_TRUST}.Principal": {"AWS": "arn:aws:iam::12345678901:root"}},
        "An account's number has 12 digits.",
        "IAM guide: troubleshooting policies, 'Invalid principal in policy'",
    ),
    Mistake(
        "trust in an unknown kind of principal",
        _ROLE,
        {f"{_TRUST}.Principal": {"Services": "ecs-tasks.amazonaws.com"}},
        "A principal is AWS, Service, Federated or CanonicalUser.",
        f"{_ELEMENTS}: Principal",
    ),
    Mistake(
        "trust in nobody",
        _ROLE,
        {f"{_TRUST}.Principal": ABSENT},
        "A trust policy has principals.",
        f"{_ELEMENTS}: Principal",
    ),
    Mistake(
        "trust over a resource",
        _ROLE,
        {f"{_TRUST}.Resource": "*"},
        "A trust policy has no resource.",
        f"{_ELEMENTS}: Resource",
    ),
    Mistake(
        "trust for an action of another service",
        _ROLE,
        {f"{_TRUST}.Action.0": "ecs:RunTask"},
        "A trust policy has actions of STS only.",
        "IAM API errors: MalformedPolicyDocument, 'may only specify STS AssumeRole actions'",
    ),
    Mistake(
        "trust policy that is cut off",
        _ROLE,
        {"assumeRolePolicy": '{"Version":"2012-10-17","Statement":['},
        "A policy is JSON.",
        _GRAMMAR,
    ),
    Mistake(
        "policy's name with a slash",
        _POLICY,
        {"name": "invoke/models"},
        "Allowed are letters, digits and +=,.@-_.",
        "IAM API: PutRolePolicy, PolicyName",
    ),
    Mistake(
        "policy of a version that does not exist",
        _POLICY,
        {"policy!Version": "2012-10-18"},
        "The version is 2012-10-17 or 2008-10-17.",
        f"{_ELEMENTS}: Version",
    ),
    Mistake(
        "policy without a statement",
        _POLICY,
        {"policy!Statement": ABSENT},
        "A policy has statements.",
        _GRAMMAR,
    ),
    Mistake(
        "policy with an unknown element",
        _POLICY,
        {"policy!Statements": []},
        "A policy has Version, Id and Statement.",
        _GRAMMAR,
    ),
    Mistake(
        "statement's id with a hyphen",
        _POLICY,
        {f"{_FIRST}.Sid": "invoke-models"},
        "A statement's id has letters and digits.",
        f"{_ELEMENTS}: Sid",
    ),
    Mistake(
        "two statements of one id",
        _POLICY,
        {"policy!Statement.1.Sid": "InvokeModels"},
        "A statement's id is unique within the policy.",
        f"{_ELEMENTS}: Sid",
    ),
    Mistake(
        "effect in small letters",
        _POLICY,
        {f"{_FIRST}.Effect": "allow"},
        "The effect is Allow or Deny.",
        f"{_ELEMENTS}: Effect",
    ),
    Mistake(
        "statement without an effect",
        _POLICY,
        {f"{_FIRST}.Effect": ABSENT},
        "A statement has an effect.",
        f"{_ELEMENTS}: Effect",
    ),
    Mistake(
        "statement without an action",
        _POLICY,
        {f"{_FIRST}.Action": ABSENT},
        "A statement has Action or NotAction.",
        f"{_ELEMENTS}: Action",
    ),
    Mistake(
        "statement with actions and all others",
        _POLICY,
        {f"{_FIRST}.NotAction": "s3:*"},
        "A statement has Action or NotAction.",
        _GRAMMAR,
    ),
    Mistake(
        "action without its service",
        _POLICY,
        {f"{_FIRST}.Action.0": "InvokeModel"},
        "An action is SERVICE:NAME.",
        f"{_ELEMENTS}: Action",
    ),
    Mistake(
        "statement without a resource",
        _POLICY,
        {f"{_FIRST}.Resource": ABSENT},
        "A permission has Resource or NotResource.",
        f"{_ELEMENTS}: Resource",
    ),
    Mistake(
        "resource that is no ARN",
        _POLICY,
        {f"{_FIRST}.Resource.0": "us.anthropic.claude-sonnet-5-5"},
        "A resource is an ARN or *.",
        f"{_ELEMENTS}: Resource",
    ),
    Mistake(
        "resource of a partition that does not exist",
        _POLICY,
        {f"{_FIRST}.Resource.0": "arn:amazon:bedrock:us-west-2:123456789012:inference-profile/x"},
        "The partition of an ARN exists.",
        "IAM API errors: MalformedPolicyDocument, 'Partition is not valid for resource'",
    ),
    Mistake(
        "resource by an ARN without a service",
        _POLICY,
        {f"{_FIRST}.Resource.0": "arn:aws"},
        "An ARN has six parts.",
        "AWS reference: Amazon Resource Names",
    ),
    Mistake(
        "permission with a principal",
        _POLICY,
        {f"{_FIRST}.Principal": "*"},
        "A role's permission has no principal.",
        f"{_ELEMENTS}: Principal",
    ),
    Mistake(
        "statement with a misspelt element",
        _POLICY,
        {f"{_FIRST}.Conditions": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
        "A statement's elements are those of the grammar.",
        _GRAMMAR,
    ),
    Mistake(
        "condition with an operator that does not exist",
        _POLICY,
        {f"{_FIRST}.Condition": {"StringEqual": {"aws:SourceAccount": "123456789012"}}},
        "The operator exists.",
        f"{_ELEMENTS}: Condition operators",
    ),
    Mistake(
        "condition on a key without its service",
        _POLICY,
        {f"{_FIRST}.Condition": {"StringEquals": {"SourceAccount": "123456789012"}}},
        "A condition key is SERVICE:NAME.",
        "IAM API errors: MalformedPolicyDocument, 'Actions/Conditions must be prefaced by a vendor'",
    ),
    Mistake(
        "condition that is no object",
        _POLICY,
        {f"{_FIRST}.Condition": "aws:SourceAccount"},
        "A condition maps operators to keys and values.",
        _GRAMMAR,
    ),
    Mistake(
        "policy of 10,300 characters",
        _POLICY,
        {f"{_FIRST}.Resource": [f"arn:aws:s3:::{number:0>100}" for number in range(100)]},
        "A role's inline policies have at most 10,240 characters.",
        "IAM guide: quotas",
    ),
)
