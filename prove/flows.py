"""Computes who can reach what: from outside the VPC, inside it, and from it to the outside.

Where the result is uncertain, it errs on the side of "reachable": the rules for return traffic are not
considered, a deny entry in an ACL counts only if it covers the whole range in question, and an unknown target
counts as reachable.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prove.addresses import EVERYWHERE, IPV4, NOBODY, NOWHERE, AddressSet
from prove.world import (
    ALL_PORTS,
    ANY_PROTOCOL,
    AclEntry,
    Balancer,
    Group,
    Interface,
    Rule,
    Service,
    Subnet,
    TargetGroup,
    World,
)

Ports = tuple[int, int]


@dataclass(frozen=True)
class Flow:
    """`sources` can open connections to `ports` of `target` along `path`.

    `service` is the ECS service that the target belongs to, or empty.
    """

    sources: AddressSet
    protocol: str
    ports: Ports
    target: str
    service: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.sources} → {' → '.join(self.path)}"


@dataclass(frozen=True)
class InsideFlow:
    """Something in the VPC (`source` is its name) can open connections to ports of a service's task."""

    source: str
    protocol: str
    ports: Ports
    service: str
    rule: str


@dataclass(frozen=True)
class Outflow:
    """A service's task can open connections to ports of addresses outside the VPC."""

    service: str
    protocol: str
    ports: Ports
    addresses: AddressSet
    rule: str


def covering(groups: Iterable[Group], direction: str, protocol: str, port: int) -> Iterator[Rule]:
    """The rules of the groups that cover one protocol and port; `direction` is ingress or egress."""
    for group in groups:
        yield from (rule for rule in getattr(group, direction) if rule.covers(protocol, port))


def acl_lets_through(entries: Iterable[AclEntry], protocol: str, ports: Ports) -> AddressSet:
    """The addresses that a list of ACL entries allows for any of the ports."""
    allowed: list[AddressSet] = []
    decided = NOWHERE
    for entry in entries:
        if (
            not (ANY_PROTOCOL in (entry.protocol, protocol) or entry.protocol == protocol)
            or entry.ports[1] < ports[0]
            or ports[1] < entry.ports[0]
        ):
            continue
        if entry.allow:
            allowed.append(entry.addresses - decided)
        elif (
            entry.protocol in (ANY_PROTOCOL, protocol)
            and entry.ports[0] <= ports[0]
            and ports[1] <= entry.ports[1]
        ):
            decided |= entry.addresses
    return AddressSet.union(allowed)


def from_outside(world: World) -> list[Flow]:
    """Every flow from outside into the VPC, through public load balancers and directly to public
    addresses.
    """
    flows = [flow for balancer in world.balancers if balancer.public for flow in _through(world, balancer)]
    for service in world.services:
        if service.public_address:
            for subnet in _subnets(world, service.subnets):
                flows += _direct(world, service.groups, subnet, EVERYWHERE, service.name, service.name)
    for interface in world.interfaces:
        if interface.public and interface.kind not in ("nat_gateway", "network_load_balancer"):
            for subnet in _subnets(world, (interface.subnet,)):
                name = f"interface {interface.id}"
                flows += _direct(world, interface.groups, subnet, EVERYWHERE, name, "")
    return [flow for flow in flows if flow.sources - NOBODY]


def _subnets(world: World, ids: Iterable[str]) -> list[Subnet]:
    return [world.subnets[id] for id in ids if id in world.subnets]


def _groups(world: World, ids: Iterable[str]) -> list[Group]:
    return [world.groups[id] for id in ids if id in world.groups]


def _direct(
    world: World, groups: Iterable[str], subnet: Subnet, sources: AddressSet, target: str, service: str
) -> Iterator[Flow]:
    for rule in (rule for group in _groups(world, groups) for rule in group.ingress):
        admitted = rule.addresses & sources & subnet.to_internet - world.addresses
        admitted &= acl_lets_through(subnet.acl.ingress, rule.protocol, rule.ports)
        if admitted:
            written = f"{target} {rule.protocol} {rule.ports[0]}-{rule.ports[1]}"
            path = ("internet gateway", f"public address in {subnet.name}", rule.label, written)
            yield Flow(admitted, rule.protocol, rule.ports, target, service, path)


def _through(world: World, balancer: Balancer) -> Iterator[Flow]:
    groups = _groups(world, balancer.groups)
    families = EVERYWHERE if balancer.dual_stack else IPV4
    for listener in balancer.listeners:
        protocols = ("tcp", "udp") if listener.protocol == "TCP_UDP" else _transport(listener.protocol)
        for protocol in protocols:
            rules = list(covering(groups, "ingress", protocol, listener.port))
            admitted = AddressSet.union(rule.addresses for rule in rules) if balancer.groups else EVERYWHERE
            admitted &= AddressSet.union(
                acl_lets_through(subnet.acl.ingress, protocol, (listener.port, listener.port))
                & subnet.to_internet
                for subnet in _subnets(world, balancer.subnets)
            )
            admitted = (admitted & families) - world.addresses
            if not admitted:
                continue
            door = f"load balancer {balancer.name}:{listener.port}"
            for arn in listener.target_groups:
                if arn in world.target_groups:
                    yield from _to_targets(
                        world, balancer, world.target_groups[arn], protocol, admitted, door
                    )
                else:
                    path = (door, f"target group {arn}, which is not in this VPC")
                    yield Flow(admitted, protocol, ALL_PORTS, path[1], "", path)


def _transport(listener_protocol: str) -> tuple[str, ...]:
    return ("udp",) if listener_protocol in ("UDP", "QUIC") else ("tcp",)


def _to_targets(
    world: World, balancer: Balancer, targets: TargetGroup, protocol: str, sources: AddressSet, door: str
) -> Iterator[Flow]:
    through = (door, f"target group {targets.name}")
    ends = {
        (service.name, port): service
        for service in world.services
        for arn, port in service.behind
        if arn == targets.arn
    }
    for address, port in targets.targets:
        owner = _owner_of(world, address)
        if owner is not None:
            ends[(owner.name, port)] = owner
        else:
            name = f"{address}:{port}, which belongs to no service"
            yield Flow(sources, protocol, (port, port), name, "", (*through, name))
    for (name, port), service in sorted(ends.items(), key=lambda end: end[0]):
        reached = _hop(world, balancer, targets, service, protocol, port, sources)
        if reached:
            written = f"{name}:{port}"
            yield Flow(reached, protocol, (port, port), written, name, (*through, written))


def _owner_of(world: World, address: str) -> Service | None:
    """The service whose task's network interface has this private address."""
    wanted = AddressSet.of(address)
    for interface in world.interfaces:
        if wanted & interface.private:
            return next((service for service in world.services if service.groups == interface.groups), None)
    return None


def _hop(
    world: World,
    balancer: Balancer,
    targets: TargetGroup,
    service: Service,
    protocol: str,
    port: int,
    sources: AddressSet,
) -> AddressSet:
    """The part of `sources` whose connections reach the service's tasks through the load balancer."""
    inner = AddressSet.union(subnet.addresses for subnet in _subnets(world, service.subnets))
    outer = AddressSet.union(subnet.addresses for subnet in _subnets(world, balancer.subnets))
    if balancer.groups:
        leaving = covering(_groups(world, balancer.groups), "egress", protocol, port)
        if not any(rule.groups & service.groups or rule.addresses & inner for rule in leaving):
            return NOWHERE
    entering = list(covering(_groups(world, service.groups), "ingress", protocol, port))
    if any(rule.groups & balancer.groups for rule in entering):
        return sources
    admitted = AddressSet.union(rule.addresses for rule in entering)
    if targets.keeps_client:
        return sources & admitted
    return sources if admitted & outer else NOWHERE


def inside(world: World) -> list[InsideFlow]:
    """Everything in the VPC that a service's security groups admit, one flow per rule."""
    flows: list[InsideFlow] = []
    for service in world.services:
        for group in _groups(world, service.groups):
            for rule in group.ingress:
                for source in _sources(world, rule):
                    flows.append(InsideFlow(source, rule.protocol, rule.ports, service.name, rule.label))
    return flows


def _sources(world: World, rule: Rule) -> Iterator[str]:
    if rule.addresses & world.addresses:
        yield f"every interface in {rule.addresses & world.addresses}"
    for id in sorted(rule.groups):
        members = list(members_of(world, id))
        yield from members or [f"any interface with the group {id}"]


def members_of(world: World, group: str) -> Iterator[str]:
    """Names of the services, load balancers and other interfaces that have a security group."""
    for service in world.services:
        if group in service.groups:
            yield service.name
    for balancer in world.balancers:
        if group in balancer.groups:
            yield balancer.name
    for interface in world.interfaces:
        if group in interface.groups and is_stranger(world, interface):
            yield f"interface {interface.id}"


def is_stranger(world: World, interface: Interface) -> bool:
    """Whether an interface belongs to none of the world's services, load balancers and NAT gateways.

    ECS gives the network interface of a task the groups of its service and the ARN of the attachment as
    description.
    """
    if interface.kind in ("nat_gateway", "network_load_balancer"):
        return False
    of_a_task = ":ecs:" in interface.description
    return not (of_a_task and any(service.groups == interface.groups for service in world.services))


def to_outside(world: World) -> list[Outflow]:
    """Every range of addresses outside the VPC that a service's tasks can connect to."""
    flows: list[Outflow] = []
    for service in world.services:
        for subnet in _subnets(world, service.subnets):
            routed = subnet.to_nat | (subnet.to_internet if service.public_address else NOWHERE)
            for group in _groups(world, service.groups):
                for rule in group.egress:
                    reached = (rule.addresses & routed) - world.addresses
                    reached &= acl_lets_through(subnet.acl.egress, rule.protocol, rule.ports)
                    if reached:
                        flows.append(Outflow(service.name, rule.protocol, rule.ports, reached, rule.label))
    return sorted(set(flows), key=lambda flow: (flow.service, flow.protocol, flow.ports))
