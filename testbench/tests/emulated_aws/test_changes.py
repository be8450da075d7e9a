"""The number of changes grows with what was written, and only with that."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Aws
from fargate_scene import OPENER, Fargate

Counted = Callable[[], int]


@pytest.fixture
def counted(url: str) -> Counted:
    def changes() -> int:
        with OPENER.open(f"{url}/_emulator/changes", timeout=30) as answer:
            return int(answer.read())

    return changes


def test_asking_for_the_number_changes_nothing(counted: Counted) -> None:
    assert counted() == counted()


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ecs", "describe_clusters", {}),
        ("ecs", "list_clusters", {}),
        ("secretsmanager", "get_random_password", {}),
        ("secretsmanager", "batch_get_secret_value", {"SecretIdList": ["absent"]}),
        ("ec2", "describe_vpcs", {}),
        ("sts", "get_caller_identity", {}),
        ("elbv2", "describe_load_balancers", {}),
        ("route53", "list_hosted_zones", {}),
        ("s3", "list_buckets", {}),
    ],
)
def test_reading_does_not_count_as_a_change(
    aws: Aws, counted: Counted, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = aws(service)
    before = counted()
    getattr(client, operation)(**arguments)
    assert counted() == before


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ecs", "create_cluster", {"clusterName": "c"}),
        ("logs", "create_log_group", {"logGroupName": "g"}),
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("iam", "create_user", {"UserName": "u"}),
        ("route53", "create_hosted_zone", {"Name": "example.org", "CallerReference": "r"}),
    ],
    ids=["json-1.1", "json-1.1-logs", "ec2-query", "query", "rest-xml"],
)
def test_writing_counts_as_a_change(
    aws: Aws, counted: Counted, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = aws(service)
    before = counted()
    getattr(client, operation)(**arguments)
    assert counted() == before + 1


def test_writing_log_events_does_not_count_as_a_change(aws: Aws, counted: Counted) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName="g")
    before = counted()
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    event = {"timestamp": 1_700_000_000_000, "message": "said"}
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
    assert counted() == before


def test_a_report_of_the_runner_does_not_count_as_a_change(fargate: Fargate, counted: Counted) -> None:
    fargate.create()
    before = counted()
    fargate.report(fargate.task())
    fargate.withdraw()
    assert counted() == before


def test_a_counted_request_reaches_its_action_unchanged(url: str, aws: Aws) -> None:
    # The counter reads the body for the action's name before moto reads it.
    tags = [{"Key": f"k{number}", "Value": "v" * 200} for number in range(40)]
    made = aws("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]
    assert len(made["Tags"]) == 40
    with OPENER.open(urllib.request.Request(f"{url}/_emulator"), timeout=30) as answer:
        assert answer.status == 200
