"""A missing or broken action is a client error that names the action and that no client retries."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import Aws

MISSING = [
    ("ec2", "describe_ipams", {}, "ec2:DescribeIpams"),
    ("ecs", "list_services_by_namespace", {"namespace": "x"}, "ecs:ListServicesByNamespace"),
    ("route53resolver", "list_outpost_resolvers", {}, "route53resolver:ListOutpostResolvers"),
    ("elbv2", "describe_trust_stores", {}, "elbv2:DescribeTrustStores"),
]


@pytest.mark.parametrize(("service", "operation", "arguments", "name"), MISSING)
def test_a_missing_action_is_named_and_not_retried(
    url: str, service: str, operation: str, arguments: dict[str, Any], name: str
) -> None:
    client: Any = boto3.Session("test", "test", region_name="us-west-2").client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        config=Config(retries={"total_max_attempts": 5, "mode": "standard"}),
    )
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**arguments)
    answer: Any = error.value.response
    assert answer["Error"]["Code"] == "NotImplemented"
    assert name in answer["Error"]["Message"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0


def test_an_unknown_filter_is_named(aws: Aws, vpc: str) -> None:
    aws("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
    with pytest.raises(ClientError, match="outpost-arn"):
        aws("ec2").describe_subnets(Filters=[{"Name": "outpost-arn", "Values": ["x"]}])
