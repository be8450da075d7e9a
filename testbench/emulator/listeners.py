"""Elastic Load Balancing: listeners of network load balancers that AWS refuses."""

from __future__ import annotations

from typing import Any

from emulator.actions import checks, refuse
from emulator.load_balancers import NETWORK_PROTOCOLS
from emulator.moto_adapter import Call, Parameters


@checks("elbv2", "create_listener", "modify_listener")
def listener_must_fit(call: Call, parameters: Parameters) -> None:
    arn = parameters.get("LoadBalancerArn") or _balancer_of(parameters["ListenerArn"])
    balancer = call.backend.load_balancers.get(arn)
    if balancer is None or balancer.type != "network":
        return
    protocol = parameters.get("Protocol")
    if protocol is not None and protocol not in NETWORK_PROTOCOLS:
        refuse("UnsupportedProtocol", f"A network load balancer has no listener of protocol {protocol}.")
    if protocol == "TLS" and not parameters.get("Certificates"):
        refuse("ValidationError", "A certificate must be specified for TLS listeners.")
    if protocol not in (None, "TLS") and (parameters.get("Certificates") or parameters.get("SslPolicy")):
        refuse("ValidationError", f"A {protocol} listener has neither certificates nor an SSL policy.")
    for arn_of_listener, listener in balancer.listeners.items():
        if listener.port == parameters.get("Port") and arn_of_listener != parameters.get("ListenerArn"):
            refuse("DuplicateListener", f"A listener already exists on port {listener.port}.")
    for action in parameters.get("DefaultActions", []):
        _check_action(call, balancer, action)


def _balancer_of(listener_arn: str) -> str:
    return listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]


def _check_action(call: Call, balancer: Any, action: dict[str, Any]) -> None:
    if action["Type"] != "forward":
        refuse("InvalidLoadBalancerAction", "A network load balancer's listener can only forward.")
    groups = [one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", [])]
    for arn in {*groups, *filter(None, [action.get("TargetGroupArn")])}:
        group = call.backend.target_groups.get(arn)
        if group is None:
            refuse("TargetGroupNotFound", f"Target group '{arn}' not found")
        if group.vpc_id != balancer.vpc_id:
            refuse("InvalidConfigurationRequest", f"Target group '{arn}' is not in the load balancer's VPC.")
        if group.protocol not in NETWORK_PROTOCOLS:
            refuse("IncompatibleProtocols", f"Target group '{arn}' has protocol {group.protocol}.")
