"""Load balancer, target groups, listeners."""

from __future__ import annotations

from typing import Any

from judges.conversion import REF, Conversion, NoCounterpart, PartOf
from judges.inputs import Inputs, Properties, pascal


def _attributes(**values: Any) -> list[Properties]:
    """CloudFormation's list of attributes; `_` in a name stands for a dot, `__` for `_`."""
    return [
        {"Key": name.replace("__", "\0").replace("_", ".").replace("\0", "_"), "Value": _text(value)}
        for name, value in values.items()
        if value is not None
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _load_balancer(inputs: Inputs) -> Properties:
    named = inputs.properties(
        *("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "ipAddressType", "name", "securityGroups"),
        "subnets",
        Type="loadBalancerType",
    )
    attributes = _attributes(
        load__balancing_cross__zone_enabled=inputs.take("enableCrossZoneLoadBalancing"),
        deletion__protection_enabled=inputs.take("enableDeletionProtection"),
        dns__record_client__routing__policy=inputs.take("dnsRecordClientRoutingPolicy"),
    )
    scheme = "internal" if inputs.take("internal") else "internet-facing"
    return {**named, "Scheme": scheme, "LoadBalancerAttributes": attributes}


_HEALTH_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _target_group(inputs: Inputs) -> Properties:
    inputs.leave_out("lambdaMultiValueHeadersEnabled", "proxyProtocolV2")  # the provider's own defaults
    health = {_HEALTH_CHECK[key]: value for key, value in (inputs.take("healthCheck") or {}).items()}
    attributes = _attributes(
        deregistration__delay_timeout__seconds=inputs.take("deregistrationDelay"),
        deregistration__delay_connection__termination_enabled=inputs.take("connectionTermination"),
        preserve__client__ip_enabled=inputs.take("preserveClientIp"),
    )
    named = inputs.properties("ipAddressType", "name", "port", "protocol", "targetType", "vpcId")
    return {**named, **health, "TargetGroupAttributes": attributes}


def _listener(inputs: Inputs) -> Properties:
    attributes = _attributes(tcp_idle__timeout_seconds=inputs.take("tcpIdleTimeoutSeconds"))
    named = inputs.properties("loadBalancerArn", "port", "protocol")
    actions = [pascal(action) for action in inputs.take("defaultActions")]
    return {**named, "DefaultActions": actions, "ListenerAttributes": attributes}


CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    "aws:lb/loadBalancer:LoadBalancer": Conversion(
        "AWS::ElasticLoadBalancingV2::LoadBalancer", _load_balancer, {"arn": REF}
    ),
    "aws:lb/targetGroup:TargetGroup": Conversion(
        "AWS::ElasticLoadBalancingV2::TargetGroup", _target_group, {"arn": REF}
    ),
    "aws:lb/listener:Listener": Conversion(
        "AWS::ElasticLoadBalancingV2::Listener", _listener, {"arn": REF}, tagged=False
    ),
}
