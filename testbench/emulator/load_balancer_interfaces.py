"""Network interfaces of network load balancers: one in each subnet, with a public address, as on AWS.

They are created and deleted with the load balancer and have its security groups. As on AWS, their description
is `ELB net/NAME/ID`, by which they are found.
"""

from __future__ import annotations

from typing import Any

from emulator.actions import Original, corrects, surrounds
from emulator.documentation_addresses import public_address
from emulator.moto_adapter import Answer, Call, Parameters


@corrects("elbv2", "create_load_balancer")
def connect(call: Call, parameters: Parameters, answer: Answer) -> None:
    for balancer in answer.members["LoadBalancers"]:
        if balancer.type != "network":
            continue
        backend = call.backend_of("ec2")
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


@surrounds("elbv2", "delete_load_balancer")
def disconnect(call: Call, parameters: Parameters, original: Original) -> Answer:
    answer = original()
    backend = call.backend_of("ec2")
    for interface in _interfaces(backend, parameters["LoadBalancerArn"]):
        backend.delete_network_interface(interface.id)
    return answer


@corrects("elbv2", "set_security_groups")
def protect(call: Call, parameters: Parameters, _answer: Answer) -> None:
    backend = call.backend_of("ec2")
    for interface in _interfaces(backend, parameters["LoadBalancerArn"]):
        backend.modify_network_interface_attribute(interface.id, parameters["SecurityGroups"])


def _interfaces(backend: Any, arn: str) -> list[Any]:
    description = _description(arn)
    return [one for one in backend.enis.values() if one.description == description]


def _description(arn: str) -> str:
    return f"ELB {arn.partition(':loadbalancer/')[2]}"
