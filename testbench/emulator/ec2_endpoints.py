"""EC2 VPC endpoints: the services for which AWS offers them, and endpoints that it refuses.

moto answers the list of services only if further packages are installed, which nothing else here needs.
"""

from __future__ import annotations

import json
from typing import Any

from emulator import moto_adapter
from emulator.actions import Result, answers, checks, identifier, refuse
from emulator.moto_adapter import Call, Parameters

# AWS PrivateLink guide, "Gateway endpoints": these have endpoints of both kinds.
_GATEWAYS = {"s3", "dynamodb"}
# Services that AWS has added since moto's list was made.
_NEWER = {"bedrock-mantle"}


def _types(service: str) -> list[str]:
    return ["Gateway", "Interface"] if service in _GATEWAYS else ["Interface"]


def _service_names(region: str) -> dict[str, list[str]]:
    """The types of endpoint that each service offers, by full service name."""
    services = moto_adapter.endpoint_services() | _NEWER
    return {f"com.amazonaws.{region}.{service}": _types(service) for service in sorted(services)}


@answers("ec2")
def describe_vpc_endpoint_services(call: Call, parameters: Parameters) -> Result:
    known = _service_names(call.region)
    for name in parameters.get("ServiceNames", []):
        if name not in known:
            refuse("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    zones = [zone.name for zone in call.backend.describe_availability_zones()]
    details = [
        _detail(name, kind, zones)
        for name in parameters.get("ServiceNames") or known
        for kind in known[name]
        if _is_wanted(name, kind, parameters.get("Filters", []))
    ]
    return {"ServiceNames": sorted({one["ServiceName"] for one in details}), "ServiceDetails": details}


def _is_wanted(name: str, kind: str, filters: list[dict[str, Any]]) -> bool:
    for one in filters:
        if one["Name"] not in ("service-name", "service-type", "owner"):
            refuse("InvalidParameterValue", f"The filter '{one['Name']}' is invalid")
        actual = {"service-name": name, "service-type": kind, "owner": "amazon"}[one["Name"]]
        if actual not in one["Values"]:
            return False
    return True


def _detail(name: str, kind: str, zones: list[str]) -> dict[str, Any]:
    _, _, region, service = name.split(".", 3)
    host = f"{service}.{region}.amazonaws.com"
    private = {"PrivateDnsName": host, "PrivateDnsNames": [{"PrivateDnsName": host}]}
    return {
        "ServiceName": name,
        "ServiceId": identifier("vpce-svc"),
        "ServiceType": [{"ServiceType": kind}],
        "AvailabilityZones": zones,
        "Owner": "amazon",
        "BaseEndpointDnsNames": [f"{service}.{region}.vpce.amazonaws.com"],
        "VpcEndpointPolicySupported": True,
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        **(private if kind == "Interface" else {}),
    }


@checks("ec2", "create_vpc_endpoint")
def endpoint_must_fit_its_vpc(call: Call, parameters: Parameters) -> None:
    kind = parameters.get("VpcEndpointType", "Gateway")
    name = parameters.get("ServiceName", "")
    if kind in ("Gateway", "Interface") and kind not in _service_names(call.region).get(name, []):
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist for type {kind}")
    vpc_id, backend = parameters["VpcId"], call.backend
    placed = [
        *(backend.get_subnet(subnet_id).vpc_id for subnet_id in parameters.get("SubnetIds", [])),
        *(backend.get_route_table(one).vpc_id for one in parameters.get("RouteTableIds", [])),
        *(_vpc_of_group(backend, group_id) for group_id in parameters.get("SecurityGroupIds", [])),
    ]
    if any(other != vpc_id for other in placed):
        refuse("InvalidParameter", f"Subnets, route tables and security groups must belong to {vpc_id}.")
    _private_dns_needs_the_vpcs_dns(backend.get_vpc(vpc_id), kind, parameters)
    _policy_must_be_json(parameters)


@checks("ec2", "modify_vpc_endpoint")
def changed_policy_must_be_json(_call: Call, parameters: Parameters) -> None:
    _policy_must_be_json(parameters)


def _policy_must_be_json(parameters: Parameters) -> None:
    try:
        json.loads(parameters.get("PolicyDocument") or "{}")
    except ValueError as error:
        refuse("MalformedPolicyDocument", f"The policy must be in valid JSON format: {error}")


def _vpc_of_group(backend: Any, group_id: str) -> Any:
    group = backend.get_security_group_from_id(group_id)
    if group is None:
        refuse("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    return group.vpc_id


def _private_dns_needs_the_vpcs_dns(vpc: Any, kind: str, parameters: Parameters) -> None:
    if kind != "Interface" or not parameters.get("PrivateDnsEnabled", True):
        return
    # moto keeps a Boolean, or the text of the request that set it.
    if not all(str(one).lower() == "true" for one in (vpc.enable_dns_support, vpc.enable_dns_hostnames)):
        refuse(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes.",
        )
