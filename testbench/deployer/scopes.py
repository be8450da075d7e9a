"""How the policy recognises the stack's resources in the account: by name or path, otherwise by tag.

Resource types are those of AWS's service authorization reference. The stack has no resource of a type that is
not listed here. The generator fails for an action that requires such a type, instead of granting it on `*`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PROJECT = "computer-use-sandbox"
TAG_KEY, TAG_VALUE = "Project", "ComputerUseSandbox"  # as Pulumi.dev.yaml's aws:defaultTags has it


@dataclass(frozen=True)
class Scope:
    """ARNs after the partition, such as `ecs:*:*:cluster/name-*`, and what identifies the stack's own."""

    arns: tuple[str, ...]
    by: Literal["name", "tag", "type"]


def _named(*arns: str) -> Scope:
    return Scope(arns, "name")


def _tagged(arn: str) -> Scope:
    return Scope((arn,), "tag")


def _any_of_type(arn: str) -> Scope:
    """A type for which AWS offers neither names that we choose nor tags."""
    return Scope((arn,), "type")


_EC2 = (
    "elastic-ip",
    "internet-gateway",
    "natgateway",
    "route-table",
    "security-group",
    "security-group-rule",
    "subnet",
    "vpc",
    "vpc-flow-log",
)
_RESOLVER = (
    "firewall-domain-list",
    "firewall-rule-group",
    "firewall-rule-group-association",
    "resolver-query-log-config",
)
_LOG_GROUPS = (f"/{PROJECT}/*", f"/aws/ecs/containerinsights/{PROJECT}-*")

SCOPES: dict[tuple[str, str], Scope] = {
    **{("ec2", kind): _tagged(f"ec2:*:*:{kind}/*") for kind in _EC2},
    **{("route53resolver", kind): _tagged(f"route53resolver:*:*:{kind}/*") for kind in _RESOLVER},
    ("route53resolver", "firewall-config"): _any_of_type("route53resolver:*:*:firewall-config/*"),
    ("ecr", "repository"): _named(f"ecr:*:*:repository/{PROJECT}*"),
    ("ecs", "cluster"): _named(f"ecs:*:*:cluster/{PROJECT}-*"),
    ("ecs", "service"): _named(f"ecs:*:*:service/{PROJECT}-*"),
    ("ecs", "task-definition"): _named(f"ecs:*:*:task-definition/{PROJECT}-*"),
    ("elasticloadbalancing", "loadbalancer"): _tagged("elasticloadbalancing:*:*:loadbalancer/net/*"),
    ("elasticloadbalancing", "loadbalancer/net/"): _tagged("elasticloadbalancing:*:*:loadbalancer/net/*"),
    ("elasticloadbalancing", "listener/net"): _tagged("elasticloadbalancing:*:*:listener/net/*"),
    ("elasticloadbalancing", "targetgroup"): _tagged("elasticloadbalancing:*:*:targetgroup/*"),
    ("iam", "role"): _named(f"iam::*:role/{PROJECT}/*"),
    ("kms", "alias"): _named("kms:*:*:alias/sandbox-*"),
    ("kms", "key"): _tagged("kms:*:*:key/*"),
    ("logs", "log-group"): _named(*(f"logs:*:*:log-group:{name}" for name in _LOG_GROUPS)),
    ("route53", "hostedzone"): _any_of_type("route53:::hostedzone/*"),
    ("secretsmanager", "Secret"): _named(f"secretsmanager:*:*:secret:{PROJECT}/*"),
    ("servicediscovery", "namespace"): _tagged("servicediscovery:*:*:namespace/*"),
    ("servicediscovery", "service"): _tagged("servicediscovery:*:*:service/*"),
}

# The reference lists all kinds of load balancers for an action, although one of them is enough.
ALTERNATIVES = re.compile(r"(loadbalancer|listener|listener-rule)/(app|gwy)/?|truststore")

# Roles whose path is given by AWS.
SERVICE_LINKED_ROLES = Scope(("iam::*:role/aws-service-role/*",), "name")
