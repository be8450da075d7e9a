"""The longest chain of resources in a deployment on AWS, by what each kind usually takes to create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

# Seconds that a provider usually waits in us-west-2 until a new one is usable, rounded; all others: ONE_CALL.
USUAL_SECONDS = {
    "aws:ec2/natGateway:NatGateway": 105,
    "aws:ec2/vpc:Vpc": 12,
    "aws:ec2/subnet:Subnet": 11,
    "aws:lb/loadBalancer:LoadBalancer": 150,
    "aws:ecs/cluster:Cluster": 11,
    "aws:ecs/service:Service": 150,
    "aws:iam/role:Role": 2,
    "aws:kms/key:Key": 15,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": 45,
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": 60,
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": 12,
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": 15,
    "docker:index/image:Image": 90,
}
ONE_CALL = 1

Resource = Mapping[str, Any]


def table(resources: Sequence[Resource]) -> str:
    """The chain with the seconds at which each resource begins and ends, and the sum over all resources."""
    chain = longest_chain(resources)
    lines = [
        "Critical path of a first deployment on AWS, by usual creation times",
        f"{'from s':>7} {'to s':>6}",
    ]
    at = 0
    for urn in chain:
        took = seconds(urn)
        lines.append(f"{at:7} {at + took:6}  {_type(urn)} {urn.rsplit('::', 1)[1]}")
        at += took
    everything = sum(seconds(resource["urn"]) for resource in resources)
    lines.append(
        f"{at} s in all, {at / everything:.2f} of the {everything} s that all resources take one by one\n"
    )
    return "\n".join(lines)


def longest_chain(resources: Sequence[Resource]) -> list[str]:
    """URNs of the slowest path through the dependencies, in order of creation. Components take no time."""
    needs = {resource["urn"]: tuple(resource.get("dependencies", ())) for resource in resources}
    members: dict[str, list[str]] = {}
    for resource in resources:
        if resource.get("parent"):
            members.setdefault(resource["parent"], []).append(resource["urn"])

    @cache
    def path(urn: str) -> tuple[int, tuple[str, ...]]:
        waited = max((path(need) for need in _leaves(urn, needs, members)), default=(0, ()))
        return waited[0] + seconds(urn), (*waited[1], urn)

    return list(max((path(urn) for urn in needs), default=(0, ()))[1])


def _leaves(urn: str, needs: Mapping[str, tuple[str, ...]], members: Mapping[str, list[str]]) -> set[str]:
    """The resources that a resource waits for: instead of a component, the resources inside it."""
    found: set[str] = set()
    todo = [need for need in needs.get(urn, ()) if need in needs]
    while todo:
        need = todo.pop()
        if _is_component(need):
            todo.extend(members.get(need, ()))
        else:
            found.add(need)
    return found


def seconds(urn: str) -> int:
    """Usual creation time of one resource; nothing for components, providers and the stack."""
    kind = _type(urn)
    if _is_component(urn) or kind.startswith("pulumi:"):
        return 0
    return USUAL_SECONDS.get(kind, ONE_CALL)


def _is_component(urn: str) -> bool:
    return _type(urn).startswith("computer-use-sandbox:")


def _type(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", 1)[-1]
