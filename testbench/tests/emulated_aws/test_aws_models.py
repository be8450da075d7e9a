"""Each request is checked against AWS's own models, and refused with the error of the service."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import REGION
from emulator.aws_models import patterns, prose
from emulator.aws_models.operations import service_model


@pytest.fixture(scope="module")
def unchecked(url: str) -> Any:
    """Clients without botocore's own validation, so that they send any parameters."""
    session = boto3.Session("test", "test", region_name=REGION)

    def client(service: str) -> Any:
        make: Any = session.client
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        made = make(service, endpoint_url=url, config=config)
        # What these tests create stays, so it must not be in the account in which others look for leftovers.
        made.meta.events.register("before-sign.*", _in_an_account_of_its_own)
        return made

    return client


def _in_an_account_of_its_own(request: Any, **_: Any) -> None:
    request.headers["x-moto-account-id"] = "111122223333"


def _error(call: Any, **arguments: Any) -> Any:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error.value.response["Error"]


# --- over HTTP, in each protocol


REFUSED: list[tuple[str, str, dict[str, Any], str, str, str]] = [
    ("ec2", "create_vpc", {"InstanceTenancy": "shared"}, "InvalidParameterValue", "InstanceTenancy", "enum"),
    ("ec2", "create_subnet", {"CidrBlock": "10.0.0.0/24"}, "MissingParameter", "VpcId", "not be null"),
    (
        "ec2",
        "create_security_group",
        {"GroupName": "g", "Description": "the group's own"},
        "InvalidParameterValue",
        "Description",
        "allowed characters",
    ),
    (
        "ec2",
        "authorize_security_group_ingress",
        {
            "GroupId": "sg-1",
            "IpPermissions": [
                {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "a" * 256}]}
            ],
        },
        "InvalidParameterValue",
        "IpPermissions.1.member.IpRanges.1.member.Description",
        "255",
    ),
    ("iam", "create_role", {"RoleName": "r"}, "ValidationError", "AssumeRolePolicyDocument", "not be null"),
    (
        "iam",
        "create_role",
        {"RoleName": "two words", "AssumeRolePolicyDocument": "{}"},
        "ValidationError",
        "RoleName",
        "regular expression",
    ),
    (
        "elbv2",
        "create_target_group",
        {"Name": "-t", "HealthCheckIntervalSeconds": 4},
        "ValidationError",
        "HealthCheckIntervalSeconds",
        "greater than or equal to 5",
    ),
    (
        "ecs",
        "create_cluster",
        {"clusterName": "a.b"},
        "InvalidParameterException",
        "clusterName",
        "allowed characters",
    ),
    (
        "kms",
        "create_key",
        {"KeyUsage": "ANYTHING"},
        "ValidationException",
        "KeyUsage",
        "enum",
    ),
    (
        "ecr",
        "create_repository",
        {"repositoryName": "Upper"},
        "InvalidParameterException",
        "repositoryName",
        "regular expression",
    ),
    (
        "logs",
        "create_log_group",
        {"logGroupName": "a b"},
        "InvalidParameterException",
        "logGroupName",
        "regular expression",
    ),
    (
        "secretsmanager",
        "create_secret",
        {"Name": "why?"},
        "ValidationException",
        "Name",
        "allowed characters",
    ),
    (
        "bedrock",
        "get_foundation_model",
        {"modelIdentifier": "?"},
        "ValidationException",
        "modelId",
        "pattern",
    ),
    ("route53", "create_hosted_zone", {"Name": "a."}, "InvalidInput", "CallerReference", "not be null"),
]


@pytest.mark.parametrize(("service", "operation", "arguments", "code", "member", "rule"), REFUSED)
def test_a_refusal_names_operation_member_and_rule(
    unchecked: Any,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    code: str,
    member: str,
    rule: str,
) -> None:
    error = _error(getattr(unchecked(service), operation), **arguments)
    assert error["Code"] == code
    assert error["Message"].startswith(operation.title().replace("_", "") + ": ")
    assert member in error["Message"]
    assert rule in error["Message"]


def test_a_refusal_names_the_value(unchecked: Any) -> None:
    error = _error(unchecked("logs").create_log_group, logGroupName="a b")
    assert "'a b'" in error["Message"]


def test_a_refusal_does_not_repeat_what_the_model_calls_sensitive(unchecked: Any) -> None:
    error = _error(unchecked("secretsmanager").create_secret, Name="a", SecretString="k" * 65537)
    assert "SecretString" in error["Message"]
    assert "kkk" not in error["Message"]


def test_every_violation_is_named(unchecked: Any) -> None:
    container = {"name": "a b", "image": "x", "healthCheck": {"command": ["CMD", "x"], "retries": 11}}
    error = _error(unchecked("ecs").register_task_definition, family="a.b", containerDefinitions=[container])
    assert error["Message"].startswith("RegisterTaskDefinition: 3 validation errors detected: ")


def test_members_that_the_model_does_not_have_are_refused(url: str, unchecked: Any) -> None:
    client = unchecked("ecs")

    def add(params: dict[str, Any], **_: Any) -> None:
        params["body"] = params["body"].replace(b'{"clusterName"', b'{"clusterNmae": "x", "clusterName"')

    client.meta.events.register("before-call.ecs.CreateCluster", add)
    error = _error(client.create_cluster, clusterName="c")
    assert "'clusterNmae'" in error["Message"]


def test_a_value_of_another_type_is_refused(unchecked: Any) -> None:
    error = _error(unchecked("ecs").update_service, service="s", desiredCount="many")
    assert "desiredCount" in error["Message"]
    assert "of type integer" in error["Message"]


def test_a_body_that_is_not_json_is_refused(unchecked: Any) -> None:
    client = unchecked("ecs")

    def cut(params: dict[str, Any], **_: Any) -> None:
        params["body"] = b"{"

    client.meta.events.register("before-call.ecs.CreateCluster", cut)
    assert _error(client.create_cluster)["Code"] == "SerializationException"


@pytest.mark.parametrize("name", ["a" * 255, "with_underscore-and-hyphen", "0"])
def test_valid_values_next_to_the_limits_are_accepted(unchecked: Any, name: str) -> None:
    assert unchecked("ecs").create_cluster(clusterName=name)["cluster"]["clusterName"] == name


# --- the models' patterns


def test_every_pattern_of_every_model_can_be_read() -> None:
    loader = botocore.session.Session().get_component("data_loader")
    unreadable = []
    for service in loader.list_available_services("service-2"):
        for shape in loader.load_service_model(service, "service-2")["shapes"].values():
            if "pattern" in shape:
                try:
                    patterns.matcher(shape["pattern"])
                except Exception as error:
                    unreadable.append(f"{service}: {shape['pattern']}: {error}")
    assert unreadable == []


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "clé 1/é", "a?"),
        (r"\p{Alnum}+", "aZ9", "é"),
        (r"[\p{ASCII}]+", "a b", "é"),
        (r"[\w+=,.@-]+", "a_b", "é"),
        (r"\d{12}", "123456789012", "\u0661" * 12),
        (r"[a-z]+", "abc", "abc1"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "\U0001f600", "\n"),
    ],
)
def test_patterns_mean_what_java_means(pattern: str, matching: str, other: str) -> None:
    assert patterns.matcher(pattern).fullmatch(matching)
    assert not patterns.matcher(pattern).fullmatch(other)


# --- what only the documentation says

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WORD = f"0123456789{_LETTERS}"
_NAME = frozenset(f"{_WORD}_-")
_RULE = frozenset(f"{_WORD} ._-:/()#,@[]+=&;{{}}!$*")
# Service, operation, path to the member, and what its documentation says today. If a release of botocore
# changes the wording, the new text has to be read.
PROSE: list[tuple[str, str, str, dict[str, Any]]] = [
    ("ec2", "CreateSecurityGroup", "Description", {"characters": _RULE, "length": 255}),
    (
        "ec2",
        "CreateSecurityGroup",
        "GroupName",
        {"characters": _RULE, "length": 255, "forbidden_starts": ("sg-",)},
    ),
    (
        "ec2",
        "AuthorizeSecurityGroupEgress",
        "IpPermissions[].IpRanges[].Description",
        {"characters": _RULE, "length": 255},
    ),
    (
        "ec2",
        "AuthorizeSecurityGroupIngress",
        "IpPermissions[].UserIdGroupPairs[].Description",
        {"characters": _RULE - {"&"}, "length": 255},
    ),
    (
        "ec2",
        "CreateVpc",
        "TagSpecifications[].Tags[].Key",
        {"length": 127, "forbidden_starts": ("aws:",)},
    ),
    ("ec2", "CreateNatGateway", "ClientToken", {"length": 64}),
    ("ec2", "CreateTags", "Resources", {"items": 1000}),
    ("ecs", "CreateCluster", "clusterName", {"characters": _NAME, "length": 255}),
    ("ecs", "CreateService", "serviceName", {"characters": _NAME, "length": 255}),
    ("ecs", "RegisterTaskDefinition", "family", {"characters": _NAME, "length": 255}),
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].name", {"characters": _NAME, "length": 255}),
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].healthCheck.interval", {"span": (5, 300)}),
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].healthCheck.timeout", {"span": (2, 60)}),
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].healthCheck.retries", {"span": (1, 10)}),
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].healthCheck.startPeriod", {"span": (0, 300)}),
    (
        "elbv2",
        "CreateLoadBalancer",
        "Name",
        {
            "characters": frozenset(f"{_WORD}-"),
            "length": 32,
            "forbidden_starts": ("-", "internal-"),
            "forbidden_ends": ("-",),
        },
    ),
    (
        "elbv2",
        "CreateTargetGroup",
        "Name",
        {
            "characters": frozenset(f"{_WORD}-"),
            "length": 32,
            "forbidden_starts": ("-",),
            "forbidden_ends": ("-",),
        },
    ),
    ("secretsmanager", "CreateSecret", "Name", {"characters": frozenset(f"{_WORD}/_+=.@-")}),
    ("route53resolver", "AssociateFirewallRuleGroup", "Priority", {"span": (100, 9900)}),
    # Conditional sentences, and different bounds for two kinds of image, do not hold for every request.
    ("ecs", "RegisterTaskDefinition", "containerDefinitions[].image", {}),
    ("ec2", "CreateFlowLogs", "ResourceIds", {}),
]


@pytest.mark.parametrize(("service", "operation", "path", "expected"), PROSE)
def test_the_documentation_is_understood(
    service: str, operation: str, path: str, expected: dict[str, Any]
) -> None:
    shape: Any = service_model(service).operation_model(operation).input_shape
    for name in path.split("."):
        shape = shape.members[name.removesuffix("[]")]
        shape = shape.member if name.endswith("[]") else shape
    assert prose.read(shape.documentation) == prose.Prose(**expected)


def test_the_allowed_values_of_a_list_are_understood() -> None:
    definition: Any = service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
    linux = definition.members["containerDefinitions"].member.members["linuxParameters"]
    added = linux.members["capabilities"].members["add"]
    assert {"ALL", "SYS_PTRACE", "WAKE_ALARM"} <= prose.read(added.documentation).values
    retention: Any = service_model("logs").operation_model("PutRetentionPolicy").input_shape
    days = prose.read(retention.members["retentionInDays"].documentation).values
    assert {"1", "365", "3653"} <= days
    assert "366" not in days
