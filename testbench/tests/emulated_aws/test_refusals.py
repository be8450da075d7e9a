"""Small mistakes that no service model shows are refused, and similar valid requests are not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import Aws
from emulated_aws.refusal_scene import (
    TRUST,
    container,
    definition,
    fill,
    furnish,
    logging,
    network,
    policy,
    service,
)

# Operation, arguments that AWS accepts, the change that AWS refuses, and the code of the refusal.
Mistake = tuple[str, dict[str, Any], dict[str, Any], str]


def _permission(**changes: Any) -> dict[str, Any]:
    usual = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    merged = {**usual, **changes}
    return {"IpPermissions": [{key: value for key, value in merged.items() if value is not None}]}


def _tagged(kind: str, *keys: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": "v"} for key in keys]}]


GROUP = {"GroupId": "{vpc_group}"}
ROUTE = {
    "RouteTableId": "{vpc_routes}",
    "DestinationCidrBlock": "0.0.0.0/0",
    "GatewayId": "{gateway}",
}
ENDPOINT = {
    "VpcId": "{vpc}",
    "VpcEndpointType": "Interface",
    "ServiceName": "com.amazonaws.us-west-2.logs",
    "SubnetIds": ["{vpc_subnet}"],
    "SecurityGroupIds": ["{vpc_group}"],
    "PrivateDnsEnabled": True,
}
FLOW_LOG = {
    "ResourceIds": ["{vpc}"],
    "ResourceType": "VPC",
    "TrafficType": "ALL",
    "LogDestinationType": "cloud-watch-logs",
    "LogGroupName": "/sandbox/tasks",
    "DeliverLogsPermissionArn": "{flow_role}",
}
EC2: list[Mistake] = [
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission()},
        _permission(FromPort=444),
        "InvalidParameterValue",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission()},
        _permission(ToPort=70000),
        "InvalidParameterValue",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission()},
        _permission(IpProtocol="tpc"),
        "InvalidParameterValue",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission()},
        _permission(IpRanges=None),
        "MissingParameter",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission()},
        _permission(IpRanges=[{"CidrIp": "10.0.0.0/33"}]),
        "InvalidParameterValue",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission(IpRanges=None, UserIdGroupPairs=[{"GroupId": "{vpc_group}"}])},
        _permission(IpRanges=None, UserIdGroupPairs=[{"GroupId": "{other_vpc_group}"}]),
        "InvalidGroup.NotFound",
    ),
    (
        "authorize_security_group_egress",
        {**GROUP, **_permission()},
        _permission(IpRanges=None, PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}]),
        "InvalidPrefixListID.NotFound",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission(IpProtocol="icmp", FromPort=3, ToPort=4)},
        _permission(IpProtocol="icmp", FromPort=300, ToPort=4),
        "InvalidParameterValue",
    ),
    (
        "authorize_security_group_ingress",
        {**GROUP, **_permission(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "The owner"}])},
        _permission(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "The owner's"}]),
        "InvalidParameterValue",
    ),
    (
        "create_security_group",
        {"GroupName": "h", "Description": "h", "VpcId": "{vpc}"},
        {"VpcId": "vpc-0123456789abcdef0"},
        "InvalidVpcID.NotFound",
    ),
    (
        "create_security_group",
        {"GroupName": "h", "Description": "h", "VpcId": "{vpc}"},
        {"GroupName": "sg-h"},
        "InvalidParameterValue",
    ),
    (
        "create_subnet",
        {"VpcId": "{vpc}", "CidrBlock": "10.0.1.0/28"},
        {"CidrBlock": "10.0.1.0/29"},
        "InvalidSubnet.Range",
    ),
    (
        "create_subnet",
        {"VpcId": "{vpc}", "CidrBlock": "10.0.1.0/24"},
        {"CidrBlock": "10.2.1.0/24"},
        "InvalidSubnet.Range",
    ),
    (
        "create_subnet",
        {"VpcId": "{vpc}", "CidrBlock": "10.0.1.0/24"},
        {"CidrBlock": "10.0.0.128/25"},
        "InvalidSubnet.Conflict",
    ),
    (
        "create_subnet",
        {"VpcId": "{vpc}", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-west-2b"},
        {"AvailabilityZone": "us-east-1a"},
        "InvalidParameterValue",
    ),
    ("create_vpc", {"CidrBlock": "10.9.0.0/16"}, {"CidrBlock": "10.9.0.0/15"}, "InvalidVpc.Range"),
    (
        "create_vpc",
        {"CidrBlock": "10.9.0.0/16", "TagSpecifications": _tagged("vpc", "a", "b")},
        {"TagSpecifications": _tagged("vpc", "a", "a")},
        "InvalidParameterValue",
    ),
    (
        "create_vpc",
        {"CidrBlock": "10.9.0.0/16", "TagSpecifications": _tagged("vpc", "a")},
        {"TagSpecifications": _tagged("subnet", "a")},
        "InvalidParameterValue",
    ),
    (
        "create_vpc",
        {"CidrBlock": "10.9.0.0/16", "TagSpecifications": _tagged("vpc", "aws")},
        {"TagSpecifications": _tagged("vpc", "aws:a")},
        "InvalidParameterValue",
    ),
    ("create_route", ROUTE, {"GatewayId": "igw-0123456789abcdef0"}, "InvalidGatewayID.NotFound"),
    ("create_route", ROUTE, {"DestinationCidrBlock": "0.0.0.0/33"}, "InvalidParameterValue"),
    (
        "create_route",
        ROUTE,
        {"GatewayId": None, "NatGatewayId": "nat-0123456789abcdef0"},
        "InvalidNatGatewayID.NotFound",
    ),
    ("create_route", ROUTE, {"GatewayId": None}, "MissingParameter"),
    ("create_route", ROUTE, {"RouteTableId": "{other_vpc_routes}"}, "InvalidParameterValue"),
    (
        "associate_route_table",
        {"RouteTableId": "{vpc_routes}", "SubnetId": "{vpc_subnet}"},
        {"SubnetId": "{other_vpc_subnet}"},
        "InvalidParameterValue",
    ),
    (
        "attach_internet_gateway",
        {"InternetGatewayId": "{spare_gateway}", "VpcId": "{other_vpc}"},
        {"VpcId": "{vpc}"},
        "Resource.AlreadyAssociated",
    ),
    (
        "create_nat_gateway",
        {"SubnetId": "{vpc_subnet}", "AllocationId": "{address}"},
        {"AllocationId": "eipalloc-0123456789abcdef0"},
        "InvalidAllocationID.NotFound",
    ),
    (
        "create_nat_gateway",
        {"SubnetId": "{vpc_subnet}", "AllocationId": "{address}"},
        {"SubnetId": "{other_vpc_subnet}"},
        "Gateway.NotAttached",
    ),
    (
        "create_vpc_endpoint",
        ENDPOINT,
        {"ServiceName": "com.amazonaws.us-west-2.lgos"},
        "InvalidServiceName",
    ),
    ("create_vpc_endpoint", ENDPOINT, {"ServiceName": "com.amazonaws.us-east-1.logs"}, "InvalidServiceName"),
    ("create_vpc_endpoint", ENDPOINT, {"VpcEndpointType": "Gateway"}, "InvalidServiceName"),
    ("create_vpc_endpoint", ENDPOINT, {"SubnetIds": ["{other_vpc_subnet}"]}, "InvalidParameter"),
    ("create_vpc_endpoint", ENDPOINT, {"SecurityGroupIds": ["{other_vpc_group}"]}, "InvalidParameter"),
    ("create_vpc_endpoint", ENDPOINT, {"PolicyDocument": "{"}, "MalformedPolicyDocument"),
    ("create_flow_logs", FLOW_LOG, {"DeliverLogsPermissionArn": "{role}"}, "InvalidParameter"),
    ("create_flow_logs", FLOW_LOG, {"MaxAggregationInterval": 61}, "InvalidParameter"),
]

BALANCER = {"Name": "new", "Type": "network", "Subnets": ["{vpc_subnet}"], "SecurityGroups": ["{vpc_group}"]}
TARGETS = {"Name": "new", "Protocol": "TCP", "Port": 80, "VpcId": "{vpc}", "TargetType": "ip"}
LISTENER = {
    "LoadBalancerArn": "{balancer}",
    "Protocol": "TCP",
    "Port": 8443,
    "DefaultActions": [{"Type": "forward", "TargetGroupArn": "{targets}"}],
}


def _attribute(key: str, value: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value}]


ELB: list[Mistake] = [
    ("create_load_balancer", BALANCER, {"SecurityGroups": ["{other_vpc_group}"]}, "InvalidSecurityGroup"),
    ("create_load_balancer", BALANCER, {"Name": "nlb"}, "DuplicateLoadBalancerName"),
    ("create_load_balancer", BALANCER, {"Name": "-new"}, "ValidationError"),
    ("create_load_balancer", BALANCER, {"Name": "new-"}, "ValidationError"),
    ("create_load_balancer", BALANCER, {"Name": "new_one"}, "ValidationError"),
    ("create_load_balancer", BALANCER, {"Name": "internal-new"}, "ValidationError"),
    ("create_target_group", TARGETS, {"Name": "new-"}, "ValidationError"),
    ("create_target_group", TARGETS, {"Name": "new.one"}, "ValidationError"),
    ("create_target_group", TARGETS, {"Name": "n" * 33}, "ValidationError"),
    ("create_load_balancer", BALANCER, {"Name": "n" * 33}, "ValidationError"),
    ("create_load_balancer", BALANCER, {"Subnets": ["{other_vpc_subnet}"]}, "InvalidSecurityGroup"),
    ("create_target_group", TARGETS, {"Port": 70000}, "ValidationError"),
    ("create_target_group", TARGETS, {"VpcId": "vpc-0123456789abcdef0"}, "ValidationError"),
    ("create_target_group", TARGETS, {"HealthCheckProtocol": "UDP"}, "InvalidConfigurationRequest"),
    ("create_target_group", TARGETS, {"HealthCheckPath": "/health"}, "InvalidConfigurationRequest"),
    ("create_target_group", TARGETS, {"HealthCheckPort": "70000"}, "ValidationError"),
    (
        "create_target_group",
        {**TARGETS, "HealthCheckIntervalSeconds": 11, "HealthCheckTimeoutSeconds": 10},
        {"HealthCheckIntervalSeconds": 10},
        "ValidationError",
    ),
    ("create_target_group", TARGETS, {"HealthyThresholdCount": 11}, "ValidationError"),
    ("create_listener", LISTENER, {"Protocol": "HTTP"}, "UnsupportedProtocol"),
    ("create_listener", LISTENER, {"Protocol": "TLS"}, "ValidationError"),
    ("create_listener", LISTENER, {"SslPolicy": "ELBSecurityPolicy-2016-08"}, "ValidationError"),
    ("create_listener", LISTENER, {"Port": 8501}, "DuplicateListener"),
    (
        "create_listener",
        LISTENER,
        {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "{elsewhere}"}]},
        "InvalidConfigurationRequest",
    ),
    (
        "modify_listener_attributes",
        {"ListenerArn": "{listener}", "Attributes": _attribute("tcp.idle_timeout.seconds", "6000")},
        {"Attributes": _attribute("tcp.idle_timeout.seconds", "6001")},
        "ValidationError",
    ),
    (
        "modify_listener_attributes",
        {"ListenerArn": "{listener}", "Attributes": _attribute("tcp.idle_timeout.seconds", "60")},
        {"Attributes": _attribute("tcp.idle_timeout.seconds", "59")},
        "ValidationError",
    ),
    (
        "modify_load_balancer_attributes",
        {
            "LoadBalancerArn": "{balancer}",
            "Attributes": _attribute("load_balancing.cross_zone.enabled", "true"),
        },
        {"Attributes": _attribute("load_balancing.crosszone.enabled", "true")},
        "ValidationError",
    ),
    (
        "modify_target_group_attributes",
        {
            "TargetGroupArn": "{targets}",
            "Attributes": _attribute("deregistration_delay.timeout_seconds", "300"),
        },
        {"Attributes": _attribute("deregistration_delay.timeout_seconds", "3601")},
        "ValidationError",
    ),
    (
        "register_targets",
        {"TargetGroupArn": "{targets}", "Targets": [{"Id": "10.0.0.9"}]},
        {"Targets": [{"Id": "8.8.8.8"}]},
        "ValidationError",
    ),
]


def _defined(**changes: Any) -> dict[str, Any]:
    """A change of the container."""
    return {"containerDefinitions": [container(**changes)]}


def _checked(**changes: Any) -> dict[str, Any]:
    return _defined(healthCheck={"command": ["CMD", "true"], **changes})


DEFINED = definition()
MOUNT = {"sourceVolume": "data", "containerPath": "/data"}
MOUNTED = {**DEFINED, "volumes": [{"name": "data"}], **_defined(mountPoints=[MOUNT])}
SECRET = "{secret}:field::{version}"
TASK_DEFINITIONS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (DEFINED, {"memory": "2048"}, "ClientException"),
    (DEFINED, {"cpu": "2000"}, "ClientException"),
    (DEFINED, {"networkMode": "bridge"}, "ClientException"),
    (DEFINED, {"runtimePlatform": {"cpuArchitecture": "ARM"}}, "InvalidParameterException"),
    (DEFINED, {"runtimePlatform": {"operatingSystemFamily": "LINUZ"}}, "InvalidParameterException"),
    (
        {**DEFINED, "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}},
        {
            "runtimePlatform": {
                "cpuArchitecture": "ARM64",
                "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE",
            }
        },
        "ClientException",
    ),
    (DEFINED, {"executionRoleArn": "{role}x"}, "ClientException"),
    (DEFINED, {"taskRoleArn": "{flow_role}"}, "ClientException"),
    (DEFINED, {"family": "a.b"}, "InvalidParameterException"),
    ({**DEFINED, "ephemeralStorage": {"sizeInGiB": 21}}, {"ephemeralStorage": {"sizeInGiB": 20}}, "Client"),
    (DEFINED, {"containerDefinitions": [container(), container(portMappings=[])]}, "ClientException"),
    (DEFINED, {"containerDefinitions": [container(), container(name="other")]}, "ClientException"),
    (MOUNTED, _defined(mountPoints=[{**MOUNT, "sourceVolume": "date"}]), "ClientException"),
    (MOUNTED, _defined(mountPoints=[MOUNT, MOUNT]), "ClientException"),
    (MOUNTED, {"volumes": [{"name": "data"}, {"name": "data"}]}, "ClientException"),
    (MOUNTED, {"volumes": [{"name": "data", "host": {"sourcePath": "/data"}}]}, "ClientException"),
    (
        {**DEFINED, **_defined(linuxParameters={"capabilities": {"drop": ["NET_RAW"]}})},
        _defined(linuxParameters={"capabilities": {"drop": ["NET_RAV"]}}),
        "InvalidParameterException",
    ),
    (
        {**DEFINED, **_defined(linuxParameters={"capabilities": {"add": ["SYS_PTRACE"]}})},
        _defined(linuxParameters={"capabilities": {"add": ["NET_ADMIN"]}}),
        "ClientException",
    ),
    ({**DEFINED, **_defined(stopTimeout=120)}, _defined(stopTimeout=121), "ClientException"),
    ({**DEFINED, **_defined(memory=4)}, _defined(memory=3), "ClientException"),
    (
        {**DEFINED, **_defined(ulimits=[{"name": "nofile", "softLimit": 9, "hardLimit": 9}])},
        _defined(ulimits=[{"name": "nofile", "softLimit": 9, "hardLimit": 8}]),
        "ClientException",
    ),
    ({**DEFINED, **_checked(interval=300)}, _checked(interval=301), "InvalidParameterException"),
    ({**DEFINED, **_checked(timeout=60)}, _checked(timeout=61), "InvalidParameterException"),
    ({**DEFINED, **_checked(retries=10)}, _checked(retries=11), "InvalidParameterException"),
    ({**DEFINED, **_checked(startPeriod=300)}, _checked(startPeriod=301), "InvalidParameterException"),
    ({**DEFINED, **_checked()}, _checked(command=["true"]), "ClientException"),
    (DEFINED, _defined(portMappings=[{"containerPort": 70000}]), "ClientException"),
    (DEFINED, _defined(portMappings=[{"containerPort": 80, "hostPort": 81}]), "ClientException"),
    (DEFINED, _defined(portMappings=[{"containerPort": 80, "protocol": "tpc"}]), "InvalidParameter"),
    (DEFINED, _defined(logConfiguration=logging(**{"awslogs-stream": "x"})), "ClientException"),
    (DEFINED, _defined(logConfiguration=logging(**{"awslogs-region": ""})), "ClientException"),
    (DEFINED, _defined(logConfiguration=logging(mode="unblocking")), "ClientException"),
    (
        {**DEFINED, **_defined(logConfiguration=logging(**{"max-buffer-size": "25m"}))},
        _defined(logConfiguration=logging(**{"max-buffer-size": "25 MB"})),
        "ClientException",
    ),
    (DEFINED, _defined(logConfiguration={"logDriver": "syslog"}), "ClientException"),
    (
        {**DEFINED, **_defined(secrets=[{"name": "A", "valueFrom": SECRET}])},
        _defined(secrets=[{"name": "A", "valueFrom": "{secret}:field"}]),
        "ClientException",
    ),
    (
        {**DEFINED, **_defined(secrets=[{"name": "A", "valueFrom": SECRET}])},
        _defined(secrets=[{"name": "A", "valueFrom": SECRET}], environment=[{"name": "A", "value": "plain"}]),
        "ClientException",
    ),
    (DEFINED, _defined(ulimits=[{"name": "nproc", "softLimit": 1, "hardLimit": 1}]), "ClientException"),
    (DEFINED, _defined(links=["other"]), "ClientException"),
    (DEFINED, _defined(dependsOn=[{"containerName": "x", "condition": "START"}]), "ClientException"),
    (DEFINED, _defined(memory=8192), "ClientException"),
]

SERVICE = service()
LOADED = {"targetGroupArn": "{targets}", "containerName": "web", "containerPort": 8501}
RATES = {"maximumPercent": 100, "minimumHealthyPercent": 0}
CLUSTER = {"clusterName": "new", "settings": [{"name": "containerInsights", "value": "enhanced"}]}
ECS: list[Mistake] = [
    *(("register_task_definition", good, wrong, code) for good, wrong, code in TASK_DEFINITIONS),
    (
        "create_cluster",
        CLUSTER,
        {"settings": [{"name": "containerInsights", "value": "enhance"}]},
        "InvalidParameterException",
    ),
    (
        "create_cluster",
        CLUSTER,
        {"settings": [{"name": "containerInsight", "value": "enabled"}]},
        "InvalidParameterException",
    ),
    ("create_cluster", CLUSTER, {"clusterName": "a.b"}, "InvalidParameterException"),
    ("create_cluster", CLUSTER, {"capacityProviders": ["FARGAT"]}, "InvalidParameterException"),
    ("create_service", SERVICE, {"desiredCount": -1}, "InvalidParameterException"),
    ("create_service", {**SERVICE, "platformVersion": "1.4.0"}, {"platformVersion": "1.5.0"}, "Platform"),
    (
        "create_service",
        {**SERVICE, "deploymentConfiguration": RATES},
        {"deploymentConfiguration": {**RATES, "minimumHealthyPercent": 100}},
        "InvalidParameterException",
    ),
    ("create_service", SERVICE, {"networkConfiguration": None}, "InvalidParameterException"),
    (
        "create_service",
        SERVICE,
        {"networkConfiguration": network(subnets=["subnet-0123456789abcdef0"])},
        "InvalidParameterException",
    ),
    (
        "create_service",
        SERVICE,
        {"networkConfiguration": network(securityGroups=["{other_vpc_group}"])},
        "InvalidParameterException",
    ),
    (
        "create_service",
        {**SERVICE, "loadBalancers": [LOADED]},
        {"loadBalancers": [{**LOADED, "targetGroupArn": "{instances}"}]},
        "InvalidParameterException",
    ),
    (
        "create_service",
        {**SERVICE, "loadBalancers": [LOADED]},
        {"loadBalancers": [{**LOADED, "containerName": "wbe"}]},
        "InvalidParameterException",
    ),
    (
        "create_service",
        {**SERVICE, "serviceRegistries": [{"registryArn": "{registry}"}]},
        {"serviceRegistries": [{"registryArn": "{registry}x"}]},
        "InvalidParameterException",
    ),
    (
        "create_service",
        {**SERVICE, "serviceRegistries": [{"registryArn": "{registry}"}]},
        {"serviceRegistries": [{"registryArn": "{registry}", "port": 8443}]},
        "InvalidParameterException",
    ),
    *(
        (
            "create_service",
            {**SERVICE, "taskDefinition": good},
            {"taskDefinition": wrong},
            "InvalidParameterException",
        )
        for good, wrong in (
            ("{with_secret}", "{without_secret}"),
            ("{with_secret}", "{without_version}"),
            ("{with_secret}", "{without_field}"),
            ("{definition}", "{without_group}"),
            ("{with_repository}", "{without_repository}"),
        )
    ),
    (
        "create_service",
        {**SERVICE, "healthCheckGracePeriodSeconds": 60, "loadBalancers": [LOADED]},
        {"healthCheckGracePeriodSeconds": -1},
        "InvalidParameterException",
    ),
]

ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::{account}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
KEYS: list[Mistake] = [
    ("create_key", {"Policy": policy(ROOT)}, {"Policy": policy({**ROOT, "Action": "kms:E*"})}, "Malformed"),
    (
        "create_key",
        {"Policy": policy(ROOT)},
        {"Policy": policy(ROOT, {**ROOT, "Principal": {"Service": "log.amazonaws.com"}})},
        "Malformed",
    ),
    (
        "create_key",
        {"Policy": policy(ROOT)},
        {"Policy": policy(ROOT, {**ROOT, "Principal": {"AWS": "arn:aws:iam::{account}:role/none"}})},
        "Malformed",
    ),
    ("create_key", {}, {"KeyUsage": "SIGN_VERIFY"}, "ValidationException"),
    (
        "create_alias",
        {"AliasName": "alias/sandbox", "TargetKeyId": "{key}"},
        {"AliasName": "alias/aws/sandbox"},
        "ValidationException",
    ),
    (
        "create_alias",
        {"AliasName": "alias/sandbox", "TargetKeyId": "{key}"},
        {"AliasName": "sandbox"},
        "ValidationException",
    ),
    (
        "schedule_key_deletion",
        {"KeyId": "{key_id}", "PendingWindowInDays": 7},
        {"PendingWindowInDays": 6},
        "ValidationException",
    ),
    (
        "enable_key_rotation",
        {"KeyId": "{key}", "RotationPeriodInDays": 90},
        {"RotationPeriodInDays": 89},
        "ValidationException",
    ),
]

NEW_SECRET = {"Name": "new", "SecretString": "x"}
SECRETS: list[Mistake] = [
    ("create_secret", NEW_SECRET, {"Name": "new?"}, "ValidationException"),
    ("create_secret", {**NEW_SECRET, "Name": "n" * 512}, {"Name": "n" * 513}, "ValidationException"),
    ("create_secret", {**NEW_SECRET, "KmsKeyId": "{key}"}, {"KmsKeyId": "{key}0"}, "ResourceNotFound"),
    ("create_secret", NEW_SECRET, {"SecretBinary": b"x"}, "InvalidParameterException"),
    ("create_secret", NEW_SECRET, {"Tags": [{"Key": "aws:a", "Value": "b"}]}, "InvalidParameterException"),
    (
        "delete_secret",
        {"SecretId": "{secret}", "RecoveryWindowInDays": 7},
        {"RecoveryWindowInDays": 6},
        "InvalidParameterException",
    ),
]


def _trust(**changes: Any) -> dict[str, Any]:
    statement = {key: value for key, value in {**TRUST, **changes}.items() if value is not None}
    return {"AssumeRolePolicyDocument": policy(statement)}


ROLE = {"RoleName": "new", **_trust()}
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
INLINE = {"RoleName": "tasks", "PolicyName": "p", "PolicyDocument": policy(ALLOW)}


def _inline(**changes: Any) -> dict[str, Any]:
    statement = {key: value for key, value in {**ALLOW, **changes}.items() if value is not None}
    return {"PolicyDocument": policy(statement)}


IAM: list[Mistake] = [
    ("create_role", ROLE, _trust(Principal={"Service": "ecs-task.amazonaws.com"}), "Malformed"),
    ("create_role", ROLE, _trust(Principal={"Service": "ecs-tasks.amazon.com"}), "Malformed"),
    ("create_role", ROLE, _trust(Principal={"Services": "ecs-tasks.amazonaws.com"}), "Malformed"),
    ("create_role", ROLE, _trust(Principal={"AWS": "arn:aws:iam::{account}:role/none"}), "Malformed"),
    ("create_role", ROLE, _trust(Action="sts:AssumeRoles", Principal="ecs-tasks"), "Malformed"),
    ("create_role", ROLE, _trust(Action="s3:GetObject"), "Malformed"),
    ("create_role", ROLE, _trust(Resource="*"), "Malformed"),
    ("create_role", ROLE, _trust(Principal=None), "Malformed"),
    ("create_role", ROLE, _trust(Condition={"StringEqual": {"aws:SourceAccount": "1"}}), "Malformed"),
    ("create_role", ROLE, {"Path": "sandbox/"}, "ValidationError"),
    ("create_role", ROLE, {"RoleName": "n" * 65}, "ValidationError"),
    ("create_role", ROLE, {"MaxSessionDuration": 3599}, "ValidationError"),
    (
        "create_role",
        ROLE,
        {"PermissionsBoundary": "arn:aws:iam::{account}:policy/none"},
        "NoSuchEntity",
    ),
    ("put_role_policy", INLINE, _inline(Effect="Allows"), "Malformed"),
    ("put_role_policy", INLINE, _inline(Action="GetObject"), "Malformed"),
    ("put_role_policy", INLINE, _inline(Resource="a/*"), "Malformed"),
    ("put_role_policy", INLINE, _inline(Resource=None), "Malformed"),
    ("put_role_policy", INLINE, _inline(Resources="*"), "Malformed"),
    ("put_role_policy", INLINE, _inline(Principal="*"), "Malformed"),
    ("put_role_policy", INLINE, _inline(Condition={"StringLikes": {"a:b": "c"}}), "Malformed"),
    ("put_role_policy", INLINE, _inline(Condition={"StringLike": {"SourceArn": "c"}}), "Malformed"),
    ("put_role_policy", INLINE, {"PolicyDocument": policy(ALLOW, Version="2012-10-18")}, "Malformed"),
    (
        "put_role_policy",
        INLINE,
        {"PolicyDocument": policy({**ALLOW, "Sid": "A"}, {**ALLOW, "Sid": "A"})},
        "Malformed",
    ),
    ("put_role_policy", INLINE, {"PolicyDocument": json.dumps({"Statement": []})}, "Malformed"),
]

LIFECYCLE_RULE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
    "action": {"type": "expire"},
}


def _lifecycle(**selection: Any) -> dict[str, str]:
    rule = {**LIFECYCLE_RULE, "selection": {**LIFECYCLE_RULE["selection"], **selection}}  # type: ignore[dict-item]
    return {"lifecyclePolicyText": json.dumps({"rules": [rule]})}


REPOSITORY = {"repositoryName": "new"}
PULL = {"Effect": "Allow", "Principal": {"AWS": "{account}"}, "Action": "ecr:BatchGetImage"}
ECR: list[Mistake] = [
    ("create_repository", REPOSITORY, {"repositoryName": "New"}, "InvalidParameterException"),
    ("create_repository", REPOSITORY, {"imageTagMutability": "FIXED"}, "InvalidParameterException"),
    (
        "create_repository",
        {**REPOSITORY, "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "{key}"}},
        {"encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "{key}0"}},
        "KmsException",
    ),
    (
        "put_lifecycle_policy",
        {"repositoryName": "sandbox", **_lifecycle()},
        _lifecycle(countType="sinceImagePushed"),
        "InvalidParameterException",
    ),
    (
        "put_lifecycle_policy",
        {"repositoryName": "sandbox", **_lifecycle()},
        {"lifecyclePolicyText": "{"},
        "InvalidParameterException",
    ),
    (
        "set_repository_policy",
        {"repositoryName": "sandbox", "policyText": policy(PULL)},
        {"policyText": policy({**PULL, "Principal": {"Service": "ecz.amazonaws.com"}})},
        "InvalidParameterException",
    ),
]

LOG_GROUP = {"logGroupName": "/new"}
LOGS: list[Mistake] = [
    ("create_log_group", LOG_GROUP, {"logGroupName": "a:b"}, "InvalidParameterException"),
    ("create_log_group", LOG_GROUP, {"kmsKeyId": "arn:aws:kms:us-east-1:{account}:key/x"}, "AccessDenied"),
    ("create_log_group", LOG_GROUP, {"kmsKeyId": "{key}"}, "AccessDenied"),
    (
        "put_retention_policy",
        {"logGroupName": "/sandbox/tasks", "retentionInDays": 30},
        {"retentionInDays": 31},
        "InvalidParameterException",
    ),
]

NAMED = {
    "Name": "new",
    "NamespaceId": "{namespace}",
    "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 10}]},
}


def _records(*types: str, ttl: int = 10) -> dict[str, Any]:
    return {"DnsConfig": {"DnsRecords": [{"Type": kind, "TTL": ttl} for kind in types]}}


CLOUD_MAP: list[Mistake] = [
    (
        "create_private_dns_namespace",
        {"Name": "new.internal", "Vpc": "{other_vpc}"},
        {"Vpc": "vpc-0123456789abcdef0"},
        "InvalidInput",
    ),
    ("create_service", NAMED, _records("MX"), "InvalidInput"),
    ("create_service", NAMED, _records("A", "A"), "InvalidInput"),
    ("create_service", NAMED, _records("A", "CNAME"), "InvalidInput"),
    ("create_service", NAMED, _records("A", ttl=-1), "InvalidInput"),
    ("create_service", NAMED, {"Name": "WEB"}, "ServiceAlreadyExists"),
    ("create_service", NAMED, {"Name": "-new"}, "InvalidInput"),
    ("create_service", NAMED, {"NamespaceId": "ns-none"}, "NamespaceNotFound"),
    ("create_service", NAMED, {"HealthCheckConfig": {"Type": "TCP"}}, "InvalidInput"),
]

RULE = {
    "CreatorRequestId": "a",
    "FirewallRuleGroupId": "{rules}",
    "FirewallDomainListId": "{domains}",
    "Priority": 1,
    "Action": "BLOCK",
    "BlockResponse": "NODATA",
    "Name": "a",
}
DOMAINS = {"FirewallDomainListId": "{domains}", "Operation": "ADD", "Domains": ["*.example.com"]}
LOGGED = {
    "Name": "a",
    "CreatorRequestId": "a",
    "DestinationArn": "arn:aws:logs:us-west-2:{account}:log-group:/sandbox/tasks",
}
RESOLVER: list[Mistake] = [
    ("create_firewall_rule", RULE, {"Action": "DENY"}, "ValidationException"),
    ("create_firewall_rule", RULE, {"BlockResponse": "REFUSED"}, "ValidationException"),
    ("create_firewall_rule", RULE, {"Action": "ALLOW"}, "ValidationException"),
    ("create_firewall_rule", RULE, {"Priority": 0}, "ValidationException"),
    ("create_firewall_rule", RULE, {"BlockResponse": "OVERRIDE"}, "ValidationException"),
    ("create_firewall_rule", {**RULE, "Qtype": "TYPE28"}, {"Qtype": "TYPE70000"}, "ValidationException"),
    ("create_firewall_rule", RULE, {"FirewallRuleGroupId": "rslvr-frg-0"}, "ResourceNotFoundException"),
    ("update_firewall_domains", DOMAINS, {"Domains": ["a..b"]}, "ValidationException"),
    ("update_firewall_domains", DOMAINS, {"Domains": ["a.*.b"]}, "ValidationException"),
    ("update_firewall_domains", DOMAINS, {"Operation": "APPEND"}, "ValidationException"),
    (
        "create_resolver_query_log_config",
        LOGGED,
        {"DestinationArn": "arn:aws:logs:us-west-2:{account}:log-group:/none"},
        "InvalidParameterException",
    ),
]

MISTAKES = [
    (name, *mistake)
    for name, mistakes in (
        ("ec2", EC2),
        ("elbv2", ELB),
        ("ecs", ECS),
        ("kms", KEYS),
        ("secretsmanager", SECRETS),
        ("iam", IAM),
        ("ecr", ECR),
        ("logs", LOGS),
        ("servicediscovery", CLOUD_MAP),
        ("route53resolver", RESOLVER),
    )
    for mistake in mistakes
]


@pytest.mark.parametrize(
    ("name", "operation", "valid", "wrong", "code"),
    MISTAKES,
    ids=[
        f"{name}-{operation}-{json.dumps(wrong, default=str)[:70]}"
        for name, operation, _, wrong, _ in MISTAKES
    ],
)
def test_a_mistake_is_refused_and_a_similar_valid_request_is_not(
    aws: Aws,
    name: str,
    operation: str,
    valid: dict[str, Any],
    wrong: dict[str, Any],
    code: str,
) -> None:
    made = furnish(aws, name)
    call = getattr(aws(name), operation)
    mistaken = {key: value for key, value in {**valid, **wrong}.items() if value is not None}
    with pytest.raises(ClientError) as error:
        call(**fill(mistaken, made))
    assert error.value.response["Error"]["Code"].startswith(code)
    call(**fill(valid, made))
