"""Network load balancers of the emulated AWS: what they listen on, and which targets are healthy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from runner.aws import Aws
from runner.network.forwarder import Target

# Of a TCP listener when it says nothing (ELB, "Listeners for your Network Load Balancers").
_IDLE_SECONDS = 350.0


@dataclass(frozen=True)
class Listener:
    """A port and where its connections go."""

    port: int
    idle_seconds: float
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class LoadBalancer:
    """`interfaces` are EC2's descriptions of its network interfaces."""

    arn: str
    vpc: str
    interfaces: tuple[Mapping[str, Any], ...]
    listeners: tuple[Listener, ...]


def read(aws: Aws) -> list[LoadBalancer]:
    """All of type network. Raises boto3's errors."""
    balancers = aws.every("elbv2", "describe_load_balancers", "LoadBalancers")
    network = [one for one in balancers if one["Type"] == "network"]
    if not network:
        return []
    interfaces = aws.every("ec2", "describe_network_interfaces", "NetworkInterfaces")
    return [
        LoadBalancer(
            arn=one["LoadBalancerArn"],
            vpc=one["VpcId"],
            interfaces=tuple(
                interface
                for interface in interfaces
                if interface["Description"] == _description(one["LoadBalancerArn"])
            ),
            listeners=tuple(_listeners(aws, one["LoadBalancerArn"])),
        )
        for one in network
    ]


def _description(arn: str) -> str:
    """What AWS writes on the load balancer's interfaces."""
    _, name, identifier = arn.rsplit("/", 2)
    return f"ELB net/{name}/{identifier}"


def _listeners(aws: Aws, arn: str) -> list[Listener]:
    found = aws.every("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    return [
        Listener(
            one["Port"],
            _idle_seconds(aws, one["ListenerArn"]),
            tuple(
                target
                for action in one["DefaultActions"]
                if action["Type"] == "forward" and "TargetGroupArn" in action
                for target in _healthy(aws, action["TargetGroupArn"])
            ),
        )
        for one in found
    ]


def _idle_seconds(aws: Aws, listener_arn: str) -> float:
    attributes = aws.client("elbv2").describe_listener_attributes(ListenerArn=listener_arn)["Attributes"]
    values = {one["Key"]: one["Value"] for one in attributes}
    return float(values.get("tcp.idle_timeout.seconds") or _IDLE_SECONDS)


def _healthy(aws: Aws, target_group_arn: str) -> list[Target]:
    health = aws.client("elbv2").describe_target_health(TargetGroupArn=target_group_arn)
    return [
        Target(IPv4Address(one["Target"]["Id"]), one["Target"]["Port"])
        for one in health["TargetHealthDescriptions"]
        if one["TargetHealth"]["State"] == "healthy"
    ]
