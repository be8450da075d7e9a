"""A network load balancer's own network interfaces: one in each subnet, with a public address, as on AWS.

They come and go with it, and have its security groups. Their description is AWS's: `ELB net/NAME/ID`.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.responses import ELBV2Response

from emulator.actions import Original, Parameters, corrects, surrounds
from emulator.documentation_addresses import public_address


@corrects(ELBV2Response, "create_load_balancer")
def connect(call: Any, parameters: Parameters, result: Any) -> Any:
    for balancer in result._result["LoadBalancers"]:
        if balancer.type != "network":
            continue
        backend = _ec2(call)
        for subnet in balancer.subnets:
            interface = backend.create_network_interface(
                subnet,
                "",
                group_ids=balancer.security_groups or [],
                description=_description(balancer.arn),
                ipv6_address_count=1 if parameters.get("IpAddressType") == "dualstack" else 0,
            )
            interface.interface_type = "network_load_balancer"
            interface.requester_managed, interface.requester_id = True, "amazon-elb"
            interface.status = "in-use"
            interface.public_ip = None if balancer.scheme == "internal" else public_address(backend)
    return result


@surrounds(ELBV2Response, "delete_load_balancer")
def disconnect(call: Any, parameters: Parameters, original: Original) -> Any:
    result = original()
    backend = _ec2(call)
    for interface in _interfaces(backend, parameters["LoadBalancerArn"]):
        backend.delete_network_interface(interface.id)
    return result


@corrects(ELBV2Response, "set_security_groups")
def protect(call: Any, parameters: Parameters, result: Any) -> Any:
    backend = _ec2(call)
    for interface in _interfaces(backend, parameters["LoadBalancerArn"]):
        backend.modify_network_interface_attribute(interface.id, parameters["SecurityGroups"])
    return result


def _interfaces(backend: Any, arn: str) -> list[Any]:
    description = _description(arn)
    return [one for one in backend.enis.values() if one.description == description]


def _description(arn: str) -> str:
    return f"ELB {arn.partition(':loadbalancer/')[2]}"


def _ec2(call: Any) -> Any:
    return ec2_backends[call.current_account][call.region]
