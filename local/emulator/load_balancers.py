"""Elastic Load Balancing: network load balancers, listeners and target groups that AWS refuses."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.responses import ELBV2Response

from emulator.actions import Parameters, checks, refuse
from emulator.ec2_gateways import has_internet_gateway


@checks(ELBV2Response, "create_load_balancer")
def network_must_carry_it(call: Any, parameters: Parameters) -> None:
    if any(one.name == parameters["Name"] for one in call.elbv2_backend.load_balancers.values()):
        refuse(
            "DuplicateLoadBalancerName", f"A load balancer with the same name '{parameters['Name']}' exists."
        )
    backend = ec2_backends[call.current_account][call.region]
    mapped = [mapping["SubnetId"] for mapping in parameters.get("SubnetMappings", [])]
    subnets = [backend.get_subnet(subnet_id) for subnet_id in [*parameters.get("Subnets", []), *mapped]]
    vpcs = {subnet.vpc_id for subnet in subnets}
    zones = [subnet.availability_zone for subnet in subnets]
    if len(vpcs) > 1:
        refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC.")
    if len(set(zones)) < len(zones):
        refuse(
            "InvalidConfigurationRequest", "A load balancer cannot have two subnets in one Availability Zone."
        )
    for group_id in parameters.get("SecurityGroups", []):
        group = backend.get_security_group_from_id(group_id)
        if group is None or group.vpc_id not in vpcs:
            refuse("InvalidSecurityGroup", f"Security group '{group_id}' does not exist in the VPC.")
    internal = parameters.get("Scheme") == "internal"
    if not internal and not all(has_internet_gateway(backend, vpc_id) for vpc_id in vpcs):
        refuse("InvalidSubnet", f"VPC {', '.join(vpcs)} has no internet gateway")
    if parameters.get("IpAddressType") == "dualstack" and not all(
        subnet.ipv6_cidr_block_association_set for subnet in subnets
    ):
        refuse("InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block.")


@checks(ELBV2Response, "set_security_groups")
def groups_cannot_be_added_later(call: Any, parameters: Parameters) -> None:
    balancer = call.elbv2_backend.load_balancers.get(parameters["LoadBalancerArn"])
    if balancer and balancer.type == "network" and not balancer.security_groups:
        refuse(
            "InvalidConfigurationRequest",
            "You cannot add security groups to a Network Load Balancer that was created without one.",
        )


# Elastic Load Balancing API reference, LoadBalancerAttribute, ListenerAttribute and TargetGroupAttribute:
# keys of network load balancers. None: true or false; a range: numbers; a set: its members, empty for any.
_BALANCER_ATTRIBUTES: dict[str, range | set[str] | None] = {
    "access_logs.s3.enabled": None,
    "access_logs.s3.bucket": set(),
    "access_logs.s3.prefix": set(),
    "deletion_protection.enabled": None,
    "dns_record.client_routing_policy": {
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    },
    "ipv6.deny_all_igw_traffic": None,
    "load_balancing.cross_zone.enabled": None,
    "secondary_ips.auto_assigned.per_subnet": range(7 + 1),
    "zonal_shift.config.enabled": None,
}
_LISTENER_ATTRIBUTES: dict[str, range | set[str] | None] = {
    "tcp.idle_timeout.seconds": range(60, 6000 + 1),
}
_TARGET_GROUP_ATTRIBUTES: dict[str, range | set[str] | None] = {
    "deregistration_delay.timeout_seconds": range(3600 + 1),
    "deregistration_delay.connection_termination.enabled": None,
    "preserve_client_ip.enabled": None,
    "proxy_protocol_v2.enabled": None,
    "stickiness.enabled": None,
    "stickiness.type": {"source_ip"},
    "load_balancing.cross_zone.enabled": {"true", "false", "use_load_balancer_configuration"},
    "target_group_health.dns_failover.minimum_healthy_targets.count": set(),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": set(),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": set(),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": set(),
    "target_health_state.unhealthy.connection_termination.enabled": None,
    "target_health_state.unhealthy.draining_interval_seconds": range(360_000 + 1),
}


def _check_attributes(parameters: Parameters, known: dict[str, range | set[str] | None]) -> None:
    for attribute in parameters["Attributes"]:
        key, value = attribute.get("Key"), attribute.get("Value", "")
        if key not in known:
            refuse("ValidationError", f"The attribute key '{key}' is not recognized. Known: {sorted(known)}.")
        allowed = known[key]
        if allowed is None:
            allowed = {"true", "false"}
        if isinstance(allowed, range):
            if not value.isdecimal() or int(value) not in allowed:
                refuse(
                    "ValidationError",
                    f"'{key}' is '{value}'; it must be from {allowed.start} to {allowed.stop - 1}.",
                )
        elif allowed and value not in allowed:
            refuse("ValidationError", f"'{key}' is '{value}'; it must be one of {sorted(allowed)}.")


@checks(ELBV2Response, "modify_load_balancer_attributes")
def balancer_attributes_must_be_known(call: Any, parameters: Parameters) -> None:
    balancer = call.elbv2_backend.load_balancers.get(parameters["LoadBalancerArn"])
    if balancer is not None and balancer.type == "network":
        _check_attributes(parameters, _BALANCER_ATTRIBUTES)


@checks(ELBV2Response, "modify_listener_attributes")
def listener_attributes_must_be_known(_call: Any, parameters: Parameters) -> None:
    if "/net/" in parameters["ListenerArn"]:
        _check_attributes(parameters, _LISTENER_ATTRIBUTES)


@checks(ELBV2Response, "modify_target_group_attributes")
def target_group_attributes_must_be_known(call: Any, parameters: Parameters) -> None:
    group = call.elbv2_backend.target_groups.get(parameters["TargetGroupArn"])
    if group is not None and group.protocol in _NETWORK_PROTOCOLS:
        _check_attributes(parameters, _TARGET_GROUP_ATTRIBUTES)


_NETWORK_PROTOCOLS = {"TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"}
# Elastic Load Balancing guide, "Health checks for Network Load Balancer target groups".
_HEALTH_PROTOCOLS = {"TCP", "HTTP", "HTTPS"}


@checks(ELBV2Response, "create_target_group", "modify_target_group")
def health_check_must_be_possible(call: Any, parameters: Parameters) -> None:
    group = call.elbv2_backend.target_groups.get(parameters.get("TargetGroupArn"))
    if (group.protocol if group is not None else parameters.get("Protocol")) not in _NETWORK_PROTOCOLS:
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


@checks(ELBV2Response, "create_target_group")
def timeout_must_be_shorter_than_the_interval(_call: Any, parameters: Parameters) -> None:
    interval, timeout = (
        parameters.get("HealthCheckIntervalSeconds", 30),
        parameters.get("HealthCheckTimeoutSeconds", 0),
    )
    if timeout >= interval:
        refuse("ValidationError", f"Health check interval {interval} must be greater than timeout {timeout}.")


@checks(ELBV2Response, "register_targets")
def targets_must_be_private_addresses(call: Any, parameters: Parameters) -> None:
    group = call.elbv2_backend.target_groups.get(parameters["TargetGroupArn"])
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


@checks(ELBV2Response, "create_target_group")
def target_group_must_be_in_a_network(call: Any, parameters: Parameters) -> None:
    if parameters.get("TargetType", "instance") == "lambda":
        return
    for needed in ("Protocol", "Port", "VpcId"):
        if parameters.get(needed) is None:
            refuse("ValidationError", f"A {needed} must be specified.")
    vpcs = ec2_backends[call.current_account][call.region].vpcs
    if parameters["VpcId"] not in vpcs:
        refuse("ValidationError", f"The VPC ID '{parameters['VpcId']}' is not found")


@checks(ELBV2Response, "create_listener", "modify_listener")
def listener_must_fit(call: Any, parameters: Parameters) -> None:
    arn = parameters.get("LoadBalancerArn") or _balancer_of(parameters["ListenerArn"])
    balancer = call.elbv2_backend.load_balancers.get(arn)
    if balancer is None or balancer.type != "network":
        return
    protocol = parameters.get("Protocol")
    if protocol is not None and protocol not in _NETWORK_PROTOCOLS:
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


def _check_action(call: Any, balancer: Any, action: dict[str, Any]) -> None:
    if action["Type"] != "forward":
        refuse("InvalidLoadBalancerAction", "A network load balancer's listener can only forward.")
    groups = [one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", [])]
    for arn in {*groups, *filter(None, [action.get("TargetGroupArn")])}:
        group = call.elbv2_backend.target_groups.get(arn)
        if group is None:
            refuse("TargetGroupNotFound", f"Target group '{arn}' not found")
        if group.vpc_id != balancer.vpc_id:
            refuse("InvalidConfigurationRequest", f"Target group '{arn}' is not in the load balancer's VPC.")
        if group.protocol not in _NETWORK_PROTOCOLS:
            refuse("IncompatibleProtocols", f"Target group '{arn}' has protocol {group.protocol}.")
