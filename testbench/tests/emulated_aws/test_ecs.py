"""ECS: services show the fields of their requests; what Fargate and the load balancer refuse."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Aws, Refused, create_role
from emulated_aws.task_definition import container, definition


def _with(**changes: Any) -> dict[str, Any]:
    """Arguments of a definition with one container that differs in these members."""
    return {"containerDefinitions": [container(**changes)]}


@pytest.fixture
def ecs(aws: Aws) -> Any:
    return aws("ecs")


@pytest.fixture
def service(ecs: Any, ipv6_subnets: list[str]) -> dict[str, Any]:
    """Arguments of CreateService that AWS accepts."""
    ecs.create_cluster(clusterName="c")
    registered = ecs.register_task_definition(**definition())["taskDefinition"]["taskDefinitionArn"]
    network = {"subnets": ipv6_subnets, "securityGroups": [], "assignPublicIp": "DISABLED"}
    return {
        "cluster": "c",
        "serviceName": "web",
        "taskDefinition": registered,
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network},
    }


@pytest.fixture
def target_group(aws: Aws, vpc: str) -> str:
    created = aws("elbv2").create_target_group(
        Name="t", Protocol="TCP", Port=8501, VpcId=vpc, TargetType="ip"
    )
    return str(created["TargetGroups"][0]["TargetGroupArn"])


def test_a_created_service_shows_the_fields_of_its_request(ecs: Any, service: dict[str, Any]) -> None:
    asked = {
        "enableExecuteCommand": True,
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "availabilityZoneRebalancing": "DISABLED",
        "platformVersion": "1.4.0",
    }
    breaker = {"enable": True, "rollback": True}
    ecs.create_service(
        **service,
        **asked,
        deploymentConfiguration={"deploymentCircuitBreaker": breaker, "maximumPercent": 150},
    )
    found = ecs.describe_services(cluster="c", services=["web"])["services"][0]
    assert {key: found[key] for key in asked} == asked
    assert found["deploymentConfiguration"]["deploymentCircuitBreaker"] == breaker
    assert found["deploymentConfiguration"]["maximumPercent"] == 150
    assert found["deploymentConfiguration"]["minimumHealthyPercent"] == 100


def test_a_service_is_steady_at_once_and_after_each_change(ecs: Any, service: dict[str, Any]) -> None:
    created = ecs.create_service(**service)["service"]
    assert (created["runningCount"], created["pendingCount"]) == (2, 0)
    first = created["deployments"]
    assert [one["rolloutState"] for one in first] == ["COMPLETED"]

    scaled = ecs.update_service(cluster="c", service="web", desiredCount=0)["service"]
    assert (scaled["runningCount"], scaled["deployments"][0]["id"]) == (0, first[0]["id"])

    registered = ecs.register_task_definition(**definition())["taskDefinition"]["taskDefinitionArn"]
    moved = ecs.update_service(cluster="c", service="web", taskDefinition=registered)["service"]
    assert moved["taskDefinition"] == registered
    assert [one["taskDefinition"] for one in moved["deployments"]] == [registered]
    assert moved["deployments"][0]["id"] != first[0]["id"]


def test_two_active_services_cannot_have_one_name(
    ecs: Any, refused: Refused, service: dict[str, Any]
) -> None:
    ecs.create_service(**service)
    assert refused(ecs.create_service, **service) == "InvalidParameterException"


def test_a_cluster_with_services_cannot_be_deleted(
    ecs: Any, refused: Refused, service: dict[str, Any]
) -> None:
    ecs.create_service(**service)
    assert refused(ecs.delete_cluster, cluster="c") == "ClusterContainsServicesException"
    ecs.delete_service(cluster="c", service="web", force=True)
    ecs.delete_cluster(cluster="c")


def test_a_target_group_needs_its_load_balancer_first(
    ecs: Any, refused: Refused, service: dict[str, Any], target_group: str
) -> None:
    target = {"targetGroupArn": target_group, "containerName": "web", "containerPort": 8501}
    assert refused(ecs.create_service, **service, loadBalancers=[target]) == "InvalidParameterException"


@pytest.mark.parametrize(("name", "port"), [("wrong", 8501), ("web", 8502)])
def test_a_load_balancer_leads_to_a_mapped_port(
    ecs: Any,
    aws: Aws,
    refused: Refused,
    service: dict[str, Any],
    target_group: str,
    internet_gateway: str,
    ipv6_subnets: list[str],
    name: str,
    port: int,
) -> None:
    assert internet_gateway
    balancers = aws("elbv2")
    balancer = balancers.create_load_balancer(Name="n", Type="network", Subnets=ipv6_subnets)[
        "LoadBalancers"
    ][0]
    forward = [{"Type": "forward", "TargetGroupArn": target_group}]
    balancers.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="TCP", Port=8501, DefaultActions=forward
    )
    right = {"targetGroupArn": target_group, "containerName": "web", "containerPort": 8501}
    wrong = {**right, "containerName": name, "containerPort": port}
    assert refused(ecs.create_service, **service, loadBalancers=[wrong]) == "InvalidParameterException"
    ecs.create_service(**service, loadBalancers=[right])


def test_zone_rebalancing_needs_room_to_move(ecs: Any, refused: Refused, service: dict[str, Any]) -> None:
    code = refused(
        ecs.create_service,
        **service,
        availabilityZoneRebalancing="ENABLED",
        deploymentConfiguration={"maximumPercent": 100},
    )
    assert code == "InvalidParameterException"


@pytest.mark.parametrize(
    "changes",
    [
        {"cpu": "2048", "memory": "2048"},
        {"cpu": "300", "memory": "1024"},
        {"cpu": "2048", "memory": "4000"},
        {"networkMode": "bridge"},
        {"ephemeralStorage": {"sizeInGiB": 20}},
        _with(privileged=True),
        _with(secrets=[{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-west-2:1:secret:a"}]),
        _with(linuxParameters={"sharedMemorySize": 512}),
        _with(linuxParameters={"tmpfs": [{"containerPath": "/tmp", "size": 1}]}),
        _with(linuxParameters={"capabilities": {"add": ["SYS_ADMIN"]}}),
        _with(portMappings=[{"containerPort": 80, "hostPort": 81}]),
        _with(essential=False),
    ],
    ids=str,
)
def test_what_fargate_cannot_run_is_refused(ecs: Any, refused: Refused, changes: dict[str, Any]) -> None:
    assert refused(ecs.register_task_definition, **definition(**changes)) == "ClientException"


def test_what_fargate_can_run_is_accepted(ecs: Any, aws: Aws) -> None:
    linux = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
    arguments = definition(
        executionRoleArn=create_role(aws, "x", "ecs-tasks.amazonaws.com"),
        ephemeralStorage={"sizeInGiB": 30},
        **_with(linuxParameters=linux, stopTimeout=30, readonlyRootFilesystem=True),
    )
    defined = ecs.register_task_definition(**arguments)["taskDefinition"]["containerDefinitions"][0]
    assert defined["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert defined["stopTimeout"] == 30


def test_a_service_that_has_ended_is_described_but_not_listed(ecs: Any, service: dict[str, Any]) -> None:
    ecs.create_service(**service)
    assert len(ecs.list_services(cluster="c")["serviceArns"]) == 1
    ecs.delete_service(cluster="c", service="web", force=True)
    assert ecs.describe_services(cluster="c", services=["web"])["services"][0]["status"] == "INACTIVE"
    assert ecs.list_services(cluster="c")["serviceArns"] == []
