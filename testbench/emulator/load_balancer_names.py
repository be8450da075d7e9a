"""Elastic Load Balancing: ARNs, names and SSL policies of network load balancers, as on AWS.

moto's ARNs contain `app`, which is for application load balancers (service authorization reference: resource
type `loadbalancer/net/`), and its listeners have an SSL policy whatever their protocol is.
"""

from __future__ import annotations

import re

from emulator.actions import checks, corrects, refuse
from emulator.moto_adapter import Answer, Call, Parameters

# ELBv2 API reference, CreateLoadBalancer and CreateTargetGroup, Name.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
_RESERVED = "internal-"
_ENCRYPTED = ("HTTPS", "TLS")


@checks("elbv2", "create_load_balancer", "create_target_group")
def name_must_be_allowed(_call: Call, parameters: Parameters) -> None:
    name = parameters["Name"]
    if not _NAME.fullmatch(name):
        refuse(
            "ValidationError",
            f"The name '{name}' must have at most 32 letters, digits and hyphens, and no hyphen at its ends.",
        )
    if "TargetType" not in parameters and name.startswith(_RESERVED):
        refuse("ValidationError", f"The load balancer name '{name}' cannot begin with '{_RESERVED}'.")


@corrects("elbv2", "create_load_balancer")
def name_as_aws_does(call: Call, parameters: Parameters, answer: Answer) -> None:
    if parameters.get("Type") != "network":
        return
    backend = call.backend
    for balancer in answer.members["LoadBalancers"]:
        tags = backend.tagging_service.list_tags_for_resource(balancer.arn)["Tags"]
        backend.tagging_service.delete_all_tags_for_resource(balancer.arn)
        del backend.load_balancers[balancer.arn]
        balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
        backend.load_balancers[balancer.arn] = balancer
        backend.tagging_service.tag_resource(balancer.arn, tags)
        # AWS's form with another end: browsers resolve names below .localhost to this machine (RFC 6761).
        number = balancer.arn.rsplit("/", 1)[-1]
        balancer.dns_name = f"{balancer.name}-{number}.elb.{call.region}.localhost"


@corrects("elbv2", "create_listener", "modify_listener")
def only_encrypted_listeners_have_a_policy(_call: Call, _parameters: Parameters, answer: Answer) -> None:
    for listener in answer.members["Listeners"]:
        if listener.protocol not in _ENCRYPTED:
            listener.ssl_policy = None
