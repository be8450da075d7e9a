"""Elastic Load Balancing: ARNs, names and policies of network load balancers as AWS has and takes them.

moto's ARNs say `app`, which is for application load balancers (service authorization reference: resource type
`loadbalancer/net/`), and its listeners have an SSL policy whatever their protocol.
"""

from __future__ import annotations

import re
from typing import Any

from moto.elbv2.responses import ELBV2Response

from emulator.actions import Parameters, checks, corrects, refuse

# ELBv2 API reference, CreateLoadBalancer and CreateTargetGroup, Name.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
_RESERVED = "internal-"
_ENCRYPTED = ("HTTPS", "TLS")


@checks(ELBV2Response, "create_load_balancer", "create_target_group")
def name_must_be_possible(_call: Any, parameters: Parameters) -> None:
    name = parameters["Name"]
    if not _NAME.fullmatch(name):
        refuse(
            "ValidationError",
            f"The name '{name}' must have at most 32 letters, digits and hyphens, and no hyphen at its ends.",
        )
    if "TargetType" not in parameters and name.startswith(_RESERVED):
        refuse("ValidationError", f"The load balancer name '{name}' cannot begin with '{_RESERVED}'.")


@corrects(ELBV2Response, "create_load_balancer")
def name_as_aws_does(call: Any, parameters: Parameters, result: Any) -> Any:
    if parameters.get("Type") != "network":
        return result
    backend = call.elbv2_backend
    for balancer in result._result["LoadBalancers"]:
        tags = backend.tagging_service.list_tags_for_resource(balancer.arn)["Tags"]
        backend.tagging_service.delete_all_tags_for_resource(balancer.arn)
        del backend.load_balancers[balancer.arn]
        balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
        backend.load_balancers[balancer.arn] = balancer
        backend.tagging_service.tag_resource(balancer.arn, tags)
        # As on AWS, but for the end: browsers look for .localhost on this machine only (RFC 6761).
        number = balancer.arn.rsplit("/", 1)[-1]
        balancer.dns_name = f"{balancer.name}-{number}.elb.{call.region}.localhost"
    return result


@corrects(ELBV2Response, "create_listener", "modify_listener")
def only_encrypted_listeners_have_a_policy(_call: Any, _parameters: Parameters, result: Any) -> Any:
    for listener in result._result["Listeners"]:
        if listener.protocol not in _ENCRYPTED:
            listener.ssl_policy = None
    return result
