"""Requests that a user signed are judged by the user's policies; the account's root may do everything."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import REGION, Aws
from emulator.identity_policies import Request, allows

Statement = dict[str, Any]


def _allow(actions: Any, resources: Any = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


@pytest.fixture
def as_user(aws: Aws, url: str) -> Any:
    """Makes a client of a new user with one managed policy, from the service and the policy's statements."""

    def client(service: str, *statements: Statement) -> Any:
        iam = aws("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.create_user(UserName="someone")
        policy = iam.create_policy(PolicyName="someone", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_user_policy(UserName="someone", PolicyArn=policy)
        key = iam.create_access_key(UserName="someone")["AccessKey"]
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    return client


def _denied(function: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        function(**arguments)
    answer = error.value.response["Error"]
    return answer["Code"], answer["Message"]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "action", "code"),
    [
        ("ec2", "describe_vpcs", {}, "ec2:DescribeVpcs", "UnauthorizedOperation"),
        ("iam", "list_roles", {}, "iam:ListRoles", "AccessDenied"),
        (
            "elbv2",
            "describe_load_balancers",
            {},
            "elasticloadbalancing:DescribeLoadBalancers",
            "AccessDenied",
        ),
        ("ecs", "list_clusters", {}, "ecs:ListClusters", "AccessDeniedException"),
        ("logs", "describe_log_groups", {}, "logs:DescribeLogGroups", "AccessDeniedException"),
        ("secretsmanager", "list_secrets", {}, "secretsmanager:ListSecrets", "AccessDeniedException"),
    ],
)
def test_what_no_policy_allows_is_refused_in_the_services_own_words(
    as_user: Any, service: str, call: str, arguments: dict[str, Any], action: str, code: str
) -> None:
    client = as_user(service, _allow("sts:GetCallerIdentity"))
    answered, message = _denied(getattr(client, call), **arguments)
    assert answered == code
    assert f"is not authorized to perform: {action}" in message


def test_what_a_policy_allows_is_answered(as_user: Any) -> None:
    assert "Vpcs" in as_user("ec2", _allow(["ec2:DescribeVpcs"])).describe_vpcs()


def test_a_name_outside_the_policys_resources_is_refused(as_user: Any) -> None:
    logs = as_user("logs", _allow("logs:CreateLogGroup", "arn:aws:logs:*:*:log-group:/ours/*"))
    logs.create_log_group(logGroupName="/ours/a")
    assert _denied(logs.create_log_group, logGroupName="/theirs/a")[0] == "AccessDeniedException"


def test_tags_in_a_create_call_need_the_right_to_tag(as_user: Any) -> None:
    logs = as_user("logs", _allow("logs:CreateLogGroup"))
    logs.create_log_group(logGroupName="/a")
    _, message = _denied(logs.create_log_group, logGroupName="/b", tags={"Project": "x"})
    assert "logs:TagResource" in message


def test_a_condition_on_a_request_tag_is_judged(as_user: Any) -> None:
    tagged = {"StringEquals": {"aws:RequestTag/Project": "x"}}
    kms = as_user("kms", _allow("kms:CreateKey", Condition=tagged), _allow("kms:TagResource"))
    kms.create_key(Tags=[{"TagKey": "Project", "TagValue": "x"}])
    assert _denied(kms.create_key)[0] == "AccessDeniedException"


def test_a_role_may_be_passed_only_with_the_right_to_pass_it(as_user: Any) -> None:
    ecs = as_user("ecs", _allow("ecs:*"))
    role = "arn:aws:iam::123456789012:role/computer-use-sandbox/dev/start"
    _, message = _denied(
        ecs.register_task_definition,
        family="a",
        executionRoleArn=role,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "a", "image": "a"}],
    )
    assert f"is not authorized to perform: iam:PassRole on resource: {role}" in message


def test_a_denial_wins_over_a_permission() -> None:
    request = Request("ec2:DescribeVpcs", None, {})
    denial = {"Effect": "Deny", "Action": "ec2:Describe*", "Resource": "*"}
    assert allows([_allow("ec2:*")], request)
    assert not allows([_allow("ec2:*"), denial], request)
    assert not allows([], request)
