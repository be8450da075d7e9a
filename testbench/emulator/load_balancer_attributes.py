"""Elastic Load Balancing: attributes of network load balancers, their listeners and target groups."""

from __future__ import annotations

from emulator.actions import checks, refuse
from emulator.load_balancers import NETWORK_PROTOCOLS
from emulator.moto_adapter import Call, Parameters

# Elastic Load Balancing API reference, LoadBalancerAttribute, ListenerAttribute and TargetGroupAttribute:
# keys of network load balancers. The value None means true or false, a range means its numbers, and a
# set means its members, or any text if it is empty.
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


@checks("elbv2", "modify_load_balancer_attributes")
def balancer_attributes_must_be_known(call: Call, parameters: Parameters) -> None:
    balancer = call.backend.load_balancers.get(parameters["LoadBalancerArn"])
    if balancer is not None and balancer.type == "network":
        _check_attributes(parameters, _BALANCER_ATTRIBUTES)


@checks("elbv2", "modify_listener_attributes")
def listener_attributes_must_be_known(_call: Call, parameters: Parameters) -> None:
    if "/net/" in parameters["ListenerArn"]:
        _check_attributes(parameters, _LISTENER_ATTRIBUTES)


@checks("elbv2", "modify_target_group_attributes")
def target_group_attributes_must_be_known(call: Call, parameters: Parameters) -> None:
    group = call.backend.target_groups.get(parameters["TargetGroupArn"])
    if group is not None and group.protocol in NETWORK_PROTOCOLS:
        _check_attributes(parameters, _TARGET_GROUP_ATTRIBUTES)
