"""Registers a healthy task as a target of its load balancers and under its name in Cloud Map."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.aws import Aws


@dataclass(frozen=True)
class Registration:
    """Where a service's tasks are registered. `target_groups` maps an ARN to the container's port."""

    target_groups: Mapping[str, int]
    registries: tuple[str, ...]

    @classmethod
    def of(cls, service: Mapping[str, Any]) -> Registration:
        """From DescribeServices' answer."""
        return cls(
            {one["targetGroupArn"]: one["containerPort"] for one in service.get("loadBalancers") or []},
            tuple(one["registryArn"] for one in service.get("serviceRegistries") or []),
        )

    def add(self, aws: Aws, task_id: str, address: IPv4Address) -> None:
        for arn in self.registries:
            aws.client("servicediscovery").register_instance(
                ServiceId=_service_id(arn),
                InstanceId=task_id,
                CreatorRequestId=task_id,
                Attributes={"AWS_INSTANCE_IPV4": str(address), "AWS_INIT_HEALTH_STATUS": "HEALTHY"},
            )
        for arn, port in self.target_groups.items():
            aws.client("elbv2").register_targets(
                TargetGroupArn=arn, Targets=[{"Id": str(address), "Port": port}]
            )

    def remove(self, aws: Aws, task_id: str, address: IPv4Address) -> None:
        """What is not there any more, a group for instance, needs no removing."""
        for arn, port in self.target_groups.items():
            with contextlib.suppress(ClientError, BotoCoreError):
                aws.client("elbv2").deregister_targets(
                    TargetGroupArn=arn, Targets=[{"Id": str(address), "Port": port}]
                )
        for arn in self.registries:
            with contextlib.suppress(ClientError, BotoCoreError):
                aws.client("servicediscovery").deregister_instance(
                    ServiceId=_service_id(arn), InstanceId=task_id
                )


def _service_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def remove_all(aws: Aws) -> None:
    """What a runner that was killed has left registered."""
    for group in aws.every("elbv2", "describe_target_groups", "TargetGroups"):
        arn = group["TargetGroupArn"]
        health = aws.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        if targets := [one["Target"] for one in health]:
            aws.client("elbv2").deregister_targets(TargetGroupArn=arn, Targets=targets)
    for service in aws.every("servicediscovery", "list_services", "Services"):
        for instance in aws.every("servicediscovery", "list_instances", "Instances", ServiceId=service["Id"]):
            aws.client("servicediscovery").deregister_instance(
                ServiceId=service["Id"], InstanceId=instance["Id"]
            )
