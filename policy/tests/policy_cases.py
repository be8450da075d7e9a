"""Policy documents that the rules on AWS's service authorization reference accept and refuse."""

import json

from good_stack import ACCOUNT, KEY, ROLE, ROLE_POLICY, SECRET, key_policy, trust
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE
from rule_cases import Cases, Inputs

GROUP = f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/containers"
KEY_ARN = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/0a1b2c3d"
LOGIN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:login-a1b2c3"
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
BUCKET = "arn:aws:s3:::record"

VPC_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"


def document(*statements: dict[str, object], version: str = "2012-10-17") -> str:
    """A policy document without the elements that are None."""
    kept = [{key: value for key, value in one.items() if value is not None} for one in statements]
    return json.dumps({"Version": version, "Statement": kept})


def may(action: str | list[str], resource: str | list[str] | None, **more: object) -> Inputs:
    """A role's inline policy with one statement."""
    return {
        "policy": document({"Sid": "It", "Effect": "Allow", "Action": action, "Resource": resource, **more})
    }


def when(operator: str, key: str, value: object, action: str | list[str] = "kms:Decrypt") -> Inputs:
    """A role's inline policy with one statement about a key and one condition."""
    return may(action, KEY_ARN, Condition={operator: {key: value}})


def trusted(**changes: object) -> Inputs:
    """A role whose trust policy differs from a valid one in some elements of its statement."""
    statement = json.loads(trust("ecs-tasks.amazonaws.com"))["Statement"][0]
    return {"assumeRolePolicy": document(statement | changes)}


def trusted_when(operator: str, key: str, value: object) -> Inputs:
    """A role that may be assumed under one condition."""
    return trusted(Condition={operator: {key: value}})


def key_for_logs(**changes: object) -> Inputs:
    """A key whose statement for CloudWatch Logs differs from a valid one."""
    account, logs = json.loads(key_policy())["Statement"]
    return {"policy": document(account, logs | changes)}


def held(action: str | list[str], resource: str | None, **more: object) -> Inputs:
    """A resource policy with one statement that admits the account."""
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": action, "Resource": resource}
    return {"policy": document(statement | more)}


TWIN: dict[str, object] = {"Sid": "A", "Effect": "Allow", "Action": "a:b", "Resource": "*"}
UNREADABLE: list[Inputs] = [
    {"policy": "{"},
    {"policy": '{"Version": "2012-10-17", "Statement": []}'},
    {"policy": document({"Effect": "Permit", "Action": "a:b", "Resource": "*"})},
    {"policy": document({"Effect": "Allow", "Action": 7, "Resource": "*"})},
    {"policy": document({"Sid": 7, "Effect": "Allow", "Action": "a:b", "Resource": "*"})},
    {"policy": document({"Effect": "Allow", "Action": "a:b", "Resource": "*"}, version="2008-10-17")},
    {"policy": document(TWIN, TWIN)},
    {"policy": ["Allow"]},
]
LATER: list[Inputs] = [{"policy": UNKNOWN_STRING_VALUE}]
UNREADABLE_TRUST: list[Inputs] = [{"assumeRolePolicy": "{"}, {"inlinePolicies": "all"}]
LATER_TRUST: list[Inputs] = [
    {"assumeRolePolicy": UNKNOWN_STRING_VALUE},
    {"inlinePolicies": UNKNOWN_ARRAY_VALUE},
]


ELEMENTS: list[Cases] = [
    Cases(
        "policy-elements",
        ROLE_POLICY,
        compliant=[may("kms:Decrypt", KEY_ARN), may("kms:Decrypt", "*", Effect="Deny")],
        violating=[
            may("kms:Decrypt", KEY_ARN, Principal="*"),
            may("kms:Decrypt", KEY_ARN, NotPrincipal={"AWS": ACCOUNT}),
            may("kms:Decrypt", None),
            may([], KEY_ARN),
            may("kms:Decrypt", KEY_ARN, NotAction="kms:Encrypt"),
            may("kms:Decrypt", KEY_ARN, NotResource="*"),
            may("kms:Decrypt", KEY_ARN, Sid="Read secrets"),
        ],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-elements",
        ROLE,
        compliant=[trusted(), {}, {"inlinePolicies": [may("kms:Decrypt", KEY_ARN)]}],
        violating=[
            trusted(Resource="*"),
            trusted(NotResource="a"),
            trusted(Principal=None),
            {"inlinePolicies": [may("kms:Decrypt", None)]},
        ],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
    Cases(
        "policy-elements",
        KEY,
        compliant=[key_for_logs(), key_for_logs(Sid="Logs of this stack"), {}],
        violating=[key_for_logs(Resource=None), key_for_logs(Principal=None)],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-elements",
        REPOSITORY_POLICY,
        compliant=[held("ecr:BatchGetImage", None)],
        violating=[held("ecr:BatchGetImage", "*")],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-elements",
        VPC_ENDPOINT,
        compliant=[held("ecr:BatchGetImage", "*"), {}, {"policy": ""}],
        violating=[held("ecr:BatchGetImage", None)],
        waits=LATER,
        malformed=UNREADABLE,
    ),
]

ACTIONS: list[Cases] = [
    Cases(
        "policy-actions",
        ROLE_POLICY,
        compliant=[
            may("logs:PutLogEvents", GROUP),
            may("LOGS:putlogevents", GROUP),
            may("kms:GenerateDataKey*", KEY_ARN),
            may("*", "*", Effect="Deny"),
        ],
        violating=[
            may("logs:PutLogEvent", GROUP),
            may("log:PutLogEvents", GROUP),
            may("kms:Encrpyt*", KEY_ARN),
            may(["kms:Decrypt", "PutLogEvents"], KEY_ARN),
            may("kms:", KEY_ARN),
            may("kms:Decrypt ", KEY_ARN),
            may("secretmanager:GetSecretValue", LOGIN, Effect="Deny"),
            may("bedrock:InvokeModelWithStreaming", "*"),
            may([], "*", NotAction="iam:CreateRol", Effect="Deny"),
        ],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-actions",
        ROLE,
        compliant=[trusted(), {"inlinePolicies": [may("kms:Decrypt", KEY_ARN)]}],
        violating=[
            trusted(Action="sts:AssumeRol"),
            trusted(Action="ecs:RunTask"),
            {"inlinePolicies": [may("kms:Decript", KEY_ARN)]},
        ],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
    Cases(
        "policy-actions",
        KEY,
        compliant=[key_for_logs()],
        violating=[key_for_logs(Action=["kms:Encrypt", "kms:Decrypted"]), key_for_logs(Action="logs:*")],
        waits=LATER,
        malformed=UNREADABLE,
    ),
]

RESOURCES: list[Cases] = [
    Cases(
        "policy-resources",
        ROLE_POLICY,
        compliant=[
            may(["logs:CreateLogStream", "logs:PutLogEvents"], GROUP + ":*"),
            may(["logs:DescribeLogStreams", "logs:PutLogEvents"], [GROUP, GROUP + ":*"]),
            may("logs:DescribeLogGroups", "*"),
            may("ecr:GetAuthorizationToken", "*"),
            may("ecr:BatchGetImage", f"arn:aws:ecr:us-west-2:{ACCOUNT}:repository/sandbox/desktop"),
            may("secretsmanager:GetSecretValue", LOGIN),
            may("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/anthropic.claude-x"),
            may("bedrock:InvokeModel", "arn:aws:bedrock:::foundation-model/anthropic.claude-x"),
            may(
                ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                f"arn:aws:bedrock:us-west-2:{ACCOUNT}:project/default",
            ),
            may("s3:ListBucket", BUCKET),
            may(["s3:ListBucket", "s3:GetObject"], [BUCKET, BUCKET + "/*"]),
            may("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/computer-use-sandbox/dev/*"),
            may("logs:*", GROUP),
            may("*", "*", Effect="Deny"),
            may("logs:Made", "*"),
        ],
        violating=[
            may("logs:DescribeLogGroups", GROUP),
            may("logs:DescribeLogGroups", f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:*"),
            may(["logs:DescribeLogStreams", "logs:DescribeLogGroups"], [GROUP, GROUP + ":*"]),
            may("ecr:GetAuthorizationToken", f"arn:aws:ecr:us-west-2:{ACCOUNT}:repository/sandbox"),
            may("logs:PutLogEvents", GROUP),
            may("logs:DescribeLogStreams", GROUP + ":log-stream:*"),
            may("kms:Decrypt", f"arn:aws:kms:us-west-2:{ACCOUNT}:alias/sandbox"),
            may("kms:Decrypt", f"arn:aws:kms:us-west-2:{ACCOUNT}:keys/0a1b2c3d"),
            may("kms:Decrypt", "arn:aws:kms:us-west-2::key/0a1b2c3d"),
            may("kms:Decrypt", "arn:aws:kms::123456789012:key/0a1b2c3d"),
            may("kms:Decrypt", [KEY_ARN, LOGIN]),
            may(["kms:Decrypt", "secretsmanager:GetSecretValue"], KEY_ARN),
            may("s3:ListBucket", BUCKET + "/*"),
            may("s3:GetObject", BUCKET),
            may("s3:GetObject", f"arn:aws:s3:us-west-2:{ACCOUNT}:record/*"),
            may("iam:PassRole", f"arn:aws:iam:us-west-2:{ACCOUNT}:role/start"),
            may("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:user/start"),
            may("secretsmanager:GetSecretValue", LOGIN.replace("secretsmanager", "secretmanager")),
            may("secretsmanager:GetSecretValue", LOGIN.replace("secret:login", "secret/login")),
            may("bedrock:InvokeModel", f"arn:aws:bedrock:us-west-2:{ACCOUNT}:foundation-model/claude-x"),
            may("bedrock:InvokeModel", f"arn:aws:bedrock:us-west-2:{ACCOUNT}:model/claude-x"),
            may("kms:Decrypt", KEY_ARN.replace("arn:aws:", "arn:aws-cn:")),
            may("kms:Decrypt", KEY_ARN.replace("arn:aws:", "arn:amazon:")),
            may("kms:Decrypt", f"arn:aws:*:us-west-2:{ACCOUNT}:key/0a1b2c3d"),
            may("kms:Decrypt", "key/0a1b2c3d"),
            may("kms:Decrypt", "arn:aws:kms:us-west-2"),
            may("logs:Describe*", KEY_ARN),
            may("logs:DescribeLogGroups", GROUP, Effect="Deny"),
        ],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-resources",
        KEY,
        compliant=[key_for_logs()],
        violating=[key_for_logs(Resource=KEY_ARN), key_for_logs(Resource=["*", KEY_ARN])],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-resources",
        BUCKET_POLICY,
        compliant=[held("s3:PutObject", BUCKET + "/record/*")],
        violating=[held("s3:PutObject", BUCKET), held(["s3:ListBucket", "s3:PutObject"], BUCKET + "/*")],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-resources",
        ROLE,
        compliant=[trusted(), {"inlinePolicies": [may("kms:Decrypt", KEY_ARN)]}],
        violating=[{"inlinePolicies": [may("kms:Decrypt", LOGIN)]}],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
]

CONDITIONS: list[Cases] = [
    Cases(
        "policy-conditions",
        ROLE_POLICY,
        compliant=[
            may("kms:Decrypt", KEY_ARN),
            when("StringEquals", "kms:ViaService", "secretsmanager.us-west-2.amazonaws.com"),
            when("StringLike", "kms:ViaService", "secretsmanager.*.amazonaws.com"),
            when("StringEquals", CONTEXT, GROUP),
            when("ArnLike", CONTEXT, f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/*"),
            when("ArnLike", CONTEXT, GROUP, ["kms:ReEncrypt*", "kms:GenerateDataKey*"]),
            when("StringEquals", "aws:ResourceAccount", ACCOUNT),
            when("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
            when("StringEquals", "aws:ResourceTag/Project", "any * text"),
            when("Bool", "aws:SecureTransport", "true"),
            when("Bool", "aws:ViaAWSService", True),
            when("DateGreaterThan", "aws:CurrentTime", "2026-11-30T20:00:00Z"),
            when("NumericLessThan", "aws:EpochTime", 1796000000),
            when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
            when("Null", "aws:MultiFactorAuthAge", "false"),
            when("ForAnyValue:StringEquals", "aws:CalledVia", "ecs.amazonaws.com"),
            when("StringEqualsIfExists", "aws:SourceVpce", "vpce-0a1b"),
            when("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/computer-use-sandbox/*"),
            may(
                "bedrock:InvokeModel",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-x",
                Condition={
                    "StringEquals": {
                        "bedrock:InferenceProfileArn": (
                            f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.anthropic.claude-x"
                        )
                    }
                },
            ),
            may("logs:Made", "*", Condition={"StringEquals": {"logs:Made": "x"}}),
        ],
        violating=[
            when("StringEquals", CONTEXT, GROUP, "kms:DescribeKey"),
            when("ArnLike", CONTEXT, GROUP, ["kms:Decrypt", "kms:DescribeKey"]),
            when("StringNotEquals", CONTEXT, GROUP, "kms:DescribeKey"),
            when("StringEquals", "secretsmanager:VersionStage", "AWSCURRENT"),
            when("StringEquals", "aws:SourceAcount", ACCOUNT),
            when("StringEquals", "aws:SourceAccount", ACCOUNT),
            when("ArnLike", "aws:SourceArn", f"arn:aws:ecs:us-west-2:{ACCOUNT}:*"),
            when("StringEquals", "kms:ViaServices", "secretsmanager.us-west-2.amazonaws.com"),
            when("StringEquals", "kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com"),
            when("StringEquals", "kms:ViaService", "secretsmanager.amazonaws.com"),
            when("StringEquals", "kms:ViaService", "secretmanager.us-west-2.amazonaws.com"),
            when("StringEquals", "kms:ViaService", "secretsmanager.us-west-2.amazonaws.com.cn"),
            when("StringEquals", "kms:ViaService", "secretsmanager.*.amazonaws.com"),
            when("StringEquals", CONTEXT, f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/*"),
            when("ArnLike", CONTEXT, "arn:aws:logs:*"),
            when("ArnLike", CONTEXT, "/sandbox/containers"),
            when("ArnLike", CONTEXT, GROUP.replace("arn:aws:", "arn:aws-us-gov:")),
            when("StringEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
            when("StringEquals", "aws:PrincipalArn", "orchestration"),
            when("StringEquals", "aws:ResourceAccount", "12345678901"),
            when("StringEqual", "aws:ResourceAccount", ACCOUNT),
            when("stringequals", "aws:ResourceAccount", ACCOUNT),
            when("NullIfExists", "aws:ResourceAccount", "true"),
            when("StringEquals", "aws:ResourceAccount", []),
            when("DateGreaterThan", "aws:ResourceAccount", "2026-11-30T20:00:00Z"),
            when("DateGreaterThan", "aws:CurrentTime", "yesterday"),
            when("StringEquals", "aws:SecureTransport", "true"),
            when("Bool", "aws:SecureTransport", "yes"),
            when("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
            when("DateLessThan", "aws:MultiFactorAuthAge", "2026-11-30T20:00:00Z"),
            when("IpAddress", "aws:SourceIp", "203.0.113.0/33"),
            when("StringEquals", "aws:SourceIp", "203.0.113.7"),
            when("BinaryEquals", "aws:ResourceAccount", "QmluYXJ5"),
            when("Null", "aws:MultiFactorAuthAge", "no"),
            when("StringEquals", "aws:CalledVia", "ecs.amazonaws.com"),
            when("ForAllValues:StringEquals", "aws:ResourceAccount", ACCOUNT),
            may("logs:PutLogEvents", GROUP + ":*", Condition={"StringEquals": {"aws:RequestTag/A": "b"}}),
        ],
        waits=LATER,
        malformed=[
            *UNREADABLE,
            may("kms:Decrypt", KEY_ARN, Condition="always"),
            may("kms:Decrypt", KEY_ARN, Condition={"Bool": "true"}),
        ],
    ),
    Cases(
        "policy-conditions",
        ROLE,
        compliant=[
            trusted(),
            trusted_when("ArnLike", "aws:SourceArn", f"arn:aws:ecs:us-west-2:{ACCOUNT}:*"),
            trusted_when("StringLike", "aws:SourceArn", f"arn:aws:ecs:us-west-2:{ACCOUNT}:task/*"),
            trusted_when("StringEquals", "sts:ExternalId", "ours"),
        ],
        violating=[
            trusted_when("StringEquals", "aws:SourceArn", f"arn:aws:ecs:us-west-2:{ACCOUNT}:*"),
            trusted_when("StringEquals", "aws:SourceAccount", "sandbox"),
            trusted_when("StringEquals", "aws:SourceAccount", ACCOUNT[:-1]),
            trusted_when("StringEquals", "ecs:cluster", "sandbox"),
            trusted_when("StringEquals", "sts:ExternalName", "ours"),
            trusted_when("ArnLike", "aws:SourceArn", f"arn:aws-cn:ecs:us-west-2:{ACCOUNT}:*"),
            {"inlinePolicies": [when("StringEquals", CONTEXT, GROUP, "kms:DescribeKey")]},
        ],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
    Cases(
        "policy-conditions",
        KEY,
        compliant=[key_for_logs(), key_for_logs(Action=["kms:Encrypt", "kms:ReEncrypt*"])],
        violating=[
            key_for_logs(Action=["kms:Encrypt", "kms:DescribeKey"]),
            key_for_logs(Condition={"ArnEquals": {"aws:logs:arn": GROUP}}),
            key_for_logs(Condition={"ArnLike": {CONTEXT: "arn:aws:logs:*"}}),
        ],
        waits=LATER,
        malformed=UNREADABLE,
    ),
]

PRINCIPALS: list[Cases] = [
    Cases(
        "policy-principals",
        ROLE,
        compliant=[
            trusted(),
            trusted(Principal={"Service": "vpc-flow-logs.amazonaws.com"}),
            trusted(Principal={"Service": "logs.us-west-2.amazonaws.com"}),
            trusted(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/path/admin"}),
            trusted(Principal={"AWS": ACCOUNT}),
            {},
        ],
        violating=[
            trusted(Principal={"Service": "ecs-task.amazonaws.com"}),
            trusted(Principal={"Service": "vpc-flowlogs.amazonaws.com"}),
            trusted(Principal={"Service": "ecs-tasks.amazon.com"}),
            trusted(Principal={"Service": "ecs-tasks"}),
            trusted(Principal={"Service": "*"}),
            trusted(Principal={"Service": "logs.eu-west-1.amazonaws.com"}),
            trusted(Principal={"Service": "ecs-tasks.amazonaws.com.cn"}),
            trusted(Principal={"Services": "ecs-tasks.amazonaws.com"}),
            trusted(Principal={"AWS": "1234"}),
            trusted(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}),
            trusted(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}),
            trusted(Principal={"AWS": "ecs-tasks.amazonaws.com"}),
            trusted(Principal="everybody"),
        ],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
    Cases(
        "policy-principals",
        KEY,
        compliant=[key_for_logs(), key_for_logs(Principal="*")],
        violating=[
            key_for_logs(Principal={"Service": "log.us-west-2.amazonaws.com"}),
            key_for_logs(Principal={"Service": "logs.us-east-1.amazonaws.com"}),
            key_for_logs(Principal={"AWS": "root"}),
        ],
        waits=LATER,
        malformed=UNREADABLE,
    ),
    Cases(
        "policy-principals",
        SECRET,
        compliant=[{}, held("secretsmanager:GetSecretValue", "*")],
        violating=[held("secretsmanager:GetSecretValue", "*", Principal={"AWS": "somebody"})],
        waits=LATER,
        malformed=UNREADABLE,
    ),
]

LONG = ["arn:aws:kms:us-west-2:123456789012:key/" + str(number) for number in range(300)]

SIZES: list[Cases] = [
    Cases(
        "policy-size",
        ROLE_POLICY,
        compliant=[may("kms:Decrypt", LONG[:150]), {"policy": document() + " " * 20_000}],
        violating=[may("kms:Decrypt", LONG)],
        waits=LATER,
        malformed=[{"policy": ["Allow"]}],
    ),
    Cases(
        "policy-size",
        "aws:iam/policy:Policy",
        compliant=[may("kms:Decrypt", LONG[:100])],
        violating=[may("kms:Decrypt", LONG[:150])],
        waits=LATER,
        malformed=[{"policy": 7}],
    ),
    Cases(
        "policy-size",
        ROLE,
        compliant=[trusted()],
        violating=[trusted_when("ArnLike", "aws:SourceArn", LONG[:50])],
        waits=LATER_TRUST,
        malformed=[{"assumeRolePolicy": 7}, {"inlinePolicies": "all"}],
    ),
    Cases(
        "policy-size",
        KEY,
        compliant=[key_for_logs(), key_for_logs(Condition={"ArnLike": {CONTEXT: LONG}})],
        violating=[key_for_logs(Condition={"ArnLike": {CONTEXT: LONG * 3}})],
        waits=LATER,
        malformed=[{"policy": 7}],
    ),
]

POLICIES = [*ELEMENTS, *ACTIONS, *RESOURCES, *CONDITIONS, *PRINCIPALS, *SIZES]
