"""Elastic Load Balancing: target groups of network load balancers that AWS refuses."""

from __future__ import annotations

import ipaddress

from emulator.actions import checks, refuse
from emulator.load_balancers import NETWORK_PROTOCOLS
from emulator.moto_adapter import Call, Parameters

# Elastic Load Balancing guide, "Health checks for Network Load Balancer target groups".
_HEALTH_PROTOCOLS = {"TCP", "HTTP", "HTTPS"}


@checks("elbv2", "create_target_group", "modify_target_group")
def health_check_must_be_valid(call: Call, parameters: Parameters) -> None:
    group = call.backend.target_groups.get(parameters.get("TargetGroupArn"))
    if (group.protocol if group is not None else parameters.get("Protocol")) not in NETWORK_PROTOCOLS:
        return
    before = group.healthcheck_protocol if group is not None else "TCP"
    protocol = parameters.get("HealthCheckProtocol", before)
    if protocol not in _HEALTH_PROTOCOLS:
        refuse(
            "InvalidConfigurationRequest", f"Health check protocol '{protocol}' must be TCP, HTTP or HTTPS."
        )
    if protocol == "TCP" and (parameters.get("HealthCheckPath") or parameters.get("Matcher")):
        refuse("InvalidConfigurationRequest", "Health checks over TCP have neither a path nor a matcher.")
    port = parameters.get("HealthCheckPort", "traffic-port")
    if port != "traffic-port" and not (port.isdecimal() and 1 <= int(port) <= 65535):
        refuse("ValidationError", f"Health check port '{port}' must be 'traffic-port' or from 1 to 65535.")
    if not parameters.get("HealthCheckPath", "/").startswith("/"):
        refuse("ValidationError", f"Health check path '{parameters['HealthCheckPath']}' must begin with '/'.")


@checks("elbv2", "create_target_group")
def timeout_must_be_shorter_than_the_interval(_call: Call, parameters: Parameters) -> None:
    interval, timeout = (
        parameters.get("HealthCheckIntervalSeconds", 30),
        parameters.get("HealthCheckTimeoutSeconds", 0),
    )
    if timeout >= interval:
        refuse("ValidationError", f"Health check interval {interval} must be greater than timeout {timeout}.")


@checks("elbv2", "register_targets")
def targets_must_be_private_addresses(call: Call, parameters: Parameters) -> None:
    group = call.backend.target_groups.get(parameters["TargetGroupArn"])
    if group is None or group.target_type != "ip":
        return
    for target in parameters["Targets"]:
        try:
            private = ipaddress.ip_address(target["Id"]).is_private
        except ValueError:
            refuse("ValidationError", f"The IP address '{target['Id']}' is not a valid IP address.")
        # The API reference: RFC 1918 and RFC 6598, or the VPC's own addresses.
        if not private and ipaddress.ip_address(target["Id"]) not in ipaddress.ip_network("100.64.0.0/10"):
            refuse("ValidationError", f"You cannot specify the publicly routable address {target['Id']}.")


@checks("elbv2", "create_target_group")
def target_group_needs_protocol_port_and_vpc(call: Call, parameters: Parameters) -> None:
    if parameters.get("TargetType", "instance") == "lambda":
        return
    for needed in ("Protocol", "Port", "VpcId"):
        if parameters.get(needed) is None:
            refuse("ValidationError", f"A {needed} must be specified.")
    vpcs = call.backend_of("ec2").vpcs
    if parameters["VpcId"] not in vpcs:
        refuse("ValidationError", f"The VPC ID '{parameters['VpcId']}' is not found")
