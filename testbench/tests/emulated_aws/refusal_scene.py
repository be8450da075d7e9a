"""An AWS account with one of everything that the stack uses, for requests that name it."""

from __future__ import annotations

import json
from typing import Any

from conftest import REGION, Aws, create_role
from emulated_aws import task_definition

TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def policy(*statements: dict[str, Any], **elements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **elements})


def furnish(aws: Aws, service_name: str) -> dict[str, str]:
    """Create what requests to the service need. Returns ids by the names that requests write in braces."""
    made = {"account": aws("sts").get_caller_identity()["Account"]}
    for part in _PARTS.get(service_name, (_keys_and_roles,)):
        part(aws, made)
    return made


def _network(aws: Aws, made: dict[str, str]) -> None:
    ec2 = aws("ec2")
    for name, block in (("vpc", "10.0.0.0/16"), ("other_vpc", "10.1.0.0/16")):
        made[name] = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        subnet = block.replace(".0.0/16", ".0.0/24")
        made[f"{name}_subnet"] = ec2.create_subnet(
            VpcId=made[name], CidrBlock=subnet, AvailabilityZone=f"{REGION}a"
        )["Subnet"]["SubnetId"]
        made[f"{name}_group"] = ec2.create_security_group(GroupName="g", Description="g", VpcId=made[name])[
            "GroupId"
        ]
        made[f"{name}_routes"] = ec2.create_route_table(VpcId=made[name])["RouteTable"]["RouteTableId"]
    ec2.modify_vpc_attribute(VpcId=made["vpc"], EnableDnsHostnames={"Value": True})
    made["gateway"] = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made["gateway"], VpcId=made["vpc"])
    made["spare_gateway"] = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    made["address"] = ec2.allocate_address(Domain="vpc")["AllocationId"]


def _balancer(aws: Aws, made: dict[str, str]) -> None:
    balancers = aws("elbv2")
    created = balancers.create_load_balancer(Name="nlb", Type="network", Subnets=[made["vpc_subnet"]])
    made["balancer"] = created["LoadBalancers"][0]["LoadBalancerArn"]
    for name, kind, vpc in (
        ("targets", "ip", "vpc"),
        ("instances", "instance", "vpc"),
        ("elsewhere", "ip", "other_vpc"),
    ):
        made[name] = balancers.create_target_group(
            Name=name, Protocol="TCP", Port=8501, VpcId=made[vpc], TargetType=kind
        )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": made["targets"]}]
    listener = balancers.create_listener(
        LoadBalancerArn=made["balancer"], Protocol="TCP", Port=8501, DefaultActions=forward
    )
    made["listener"] = listener["Listeners"][0]["ListenerArn"]


def _keys_and_roles(aws: Aws, made: dict[str, str]) -> None:
    key = aws("kms").create_key()["KeyMetadata"]
    made["key"], made["key_id"] = key["Arn"], key["KeyId"]
    made["role"] = create_role(aws, "tasks", "ecs-tasks.amazonaws.com")
    made["flow_role"] = create_role(aws, "flow", "vpc-flow-logs.amazonaws.com")
    secret = aws("secretsmanager").create_secret(Name="sandbox/s", SecretString='{"field": "value"}')
    made["secret"], made["version"] = secret["ARN"], secret["VersionId"]
    aws("logs").create_log_group(logGroupName="/sandbox/tasks")
    aws("ecr").create_repository(repositoryName="sandbox")


def container(**changes: Any) -> dict[str, Any]:
    return task_definition.container(**{"logConfiguration": logging(), **changes})


def logging(**options: str) -> dict[str, Any]:
    usual = {
        "awslogs-group": "/sandbox/tasks",
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "web",
        "mode": "non-blocking",
    }
    return {"logDriver": "awslogs", "options": {**usual, **options}}


def definition(*containers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return task_definition.definition(
        *(containers or [container()]), **{"executionRoleArn": "{role}", **changes}
    )


def service(**changes: Any) -> dict[str, Any]:
    return {
        "cluster": "c",
        "serviceName": "web",
        "taskDefinition": "{definition}",
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": network(),
        **changes,
    }


def network(**changes: Any) -> dict[str, Any]:
    usual = {"subnets": ["{vpc_subnet}"], "securityGroups": ["{vpc_group}"]}
    return {"awsvpcConfiguration": {**usual, **changes}}


def _tasks(aws: Aws, made: dict[str, str]) -> None:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName="c")

    def register(family: str, *containers: dict[str, Any]) -> str:
        arguments = fill(definition(*containers, family=family), made)
        return str(ecs.register_task_definition(**arguments)["taskDefinition"]["taskDefinitionArn"])

    def with_secret(reference: str) -> dict[str, Any]:
        return container(secrets=[{"name": "A", "valueFrom": reference}])

    made["definition"] = register("web")
    made["with_secret"] = register("secret", with_secret("{secret}:field::{version}"))
    made["without_secret"] = register("gone", with_secret("{secret}x:::"))
    made["without_version"] = register("old", with_secret("{secret}:::" + "0" * 32))
    made["without_field"] = register("field", with_secret("{secret}:other::{version}"))
    made["without_group"] = register("log", container(logConfiguration=logging(**{"awslogs-group": "/none"})))
    registry = f"{made['account']}.dkr.ecr.{REGION}.amazonaws.com"
    made["with_repository"] = register("there", container(image=f"{registry}/sandbox:1"))
    made["without_repository"] = register("nowhere", container(image=f"{registry}/none:1"))


def _names(aws: Aws, made: dict[str, str]) -> None:
    names = aws("servicediscovery")
    names.create_private_dns_namespace(Name="sandbox.internal", Vpc=made["vpc"])
    made["namespace"] = names.list_namespaces()["Namespaces"][0]["Id"]
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    found = names.create_service(Name="web", NamespaceId=made["namespace"], DnsConfig=records)["Service"]
    made["registry"] = found["Arn"]
    resolver = aws("route53resolver")
    rules = resolver.create_firewall_rule_group(CreatorRequestId="a", Name="a")["FirewallRuleGroup"]
    domains = resolver.create_firewall_domain_list(CreatorRequestId="a", Name="a")["FirewallDomainList"]
    made["rules"], made["domains"] = rules["Id"], domains["Id"]


def fill(value: Any, made: dict[str, str]) -> Any:
    """The value with the created ids in place of the names in braces."""
    if isinstance(value, dict):
        return {key: fill(one, made) for key, one in value.items()}
    if isinstance(value, list):
        return [fill(one, made) for one in value]
    if isinstance(value, str):
        for name, actual in made.items():
            value = value.replace(f"{{{name}}}", actual)
    return value


_PARTS = {
    "ec2": (_network, _keys_and_roles),
    "ecs": (_network, _balancer, _keys_and_roles, _tasks, _names),
    "elbv2": (_network, _balancer),
    "route53resolver": (_network, _keys_and_roles, _names),
    "servicediscovery": (_network, _names),
}
