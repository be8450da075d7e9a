"""The sandbox's TCP ports, and a common form for the three ways to write a security group rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox_policy.model import Resource
from sandbox_policy.values import UNKNOWN, MalformedInputError, items, mapping, number, read

PUBLIC_PORTS = frozenset({8443, 8501})
"""The ports that the deployer connects to: the desktop viewer and the console."""

CONTROL_PORT = 5000
"""The port of the desktop's control API, to which only the agent connects."""

WEB_PORTS = frozenset({80, 443})
"""The ports that the tasks connect to on the internet."""

GROUP = "aws:ec2/securityGroup:SecurityGroup"
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP_RULE_FORMS = (GROUP, LEGACY_RULE, INGRESS_RULE, EGRESS_RULE)

_ADDRESS_KEYS = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks", "prefixListId", "prefixListIds")
_IPV6_KEYS = ("cidrIpv6", "ipv6CidrBlocks")


@dataclass(frozen=True)
class PortRule:
    """One security group rule. `first` and `last` are None for protocols without ports.

    `by_address` is true if the peer is a range of addresses rather than a security group.
    """

    label: str
    protocol: str
    first: int | None
    last: int | None
    by_address: bool
    by_ipv6: bool


def port_rules(resource: Resource, direction: str) -> Iterator[PortRule]:
    """Yield the rules of `direction` ("ingress" or "egress") that a resource of GROUP_RULE_FORMS makes.

    Raises MalformedInputError for ports or protocols that can't be read or are unknown: they are literals in
    the program, so a preview always knows them.
    """
    properties = resource.properties
    if resource.type == GROUP:
        for index, element in enumerate(items(read(properties, direction), direction)):
            if element is UNKNOWN:
                raise MalformedInputError(f"{direction}[{index}] is not known at preview")
            label = f"{direction}[{index}]"
            yield _port_rule(mapping(element, label), f"{label}.", "protocol")
    elif resource.type == LEGACY_RULE:
        other = "egress" if direction == "ingress" else "ingress"
        if read(properties, "type") != other:
            yield _port_rule(properties, "", "protocol")
    elif resource.type == (INGRESS_RULE if direction == "ingress" else EGRESS_RULE):
        yield _port_rule(properties, "", "ipProtocol")


def _port_rule(rule: Mapping[str, object], prefix: str, protocol_key: str) -> PortRule:
    protocol = read(rule, protocol_key)
    if not isinstance(protocol, str) or not protocol:
        raise MalformedInputError(f"{prefix}{protocol_key} can't be read: {protocol!r}")
    return PortRule(
        label=prefix.rstrip(".") or "the rule",
        protocol={"6": "tcp", "17": "udp", "all": "-1"}.get(protocol.lower(), protocol.lower()),
        first=_port(rule, "fromPort", prefix),
        last=_port(rule, "toPort", prefix),
        by_address=any(_present(rule, key) for key in _ADDRESS_KEYS),
        by_ipv6=any(_present(rule, key) for key in _IPV6_KEYS),
    )


def _present(rule: Mapping[str, object], key: str) -> bool:
    value = read(rule, key)
    return value is UNKNOWN or bool(value)


def _port(rule: Mapping[str, object], key: str, prefix: str) -> int | None:
    value = read(rule, key)
    return None if value is None else number(value, f"{prefix}{key}")


def opens_only(rule: PortRule, ports: frozenset[int]) -> bool:
    """Whether the rule opens a single TCP port out of `ports` and nothing else."""
    return rule.protocol == "tcp" and rule.first == rule.last and rule.first in ports
