"""The promises as theorems. Each is checked over everything that exists, and each failure names the
counterexamples.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prove.addresses import NOBODY, AddressSet
from prove.flows import Flow, InsideFlow, Outflow, from_outside, inside, is_stranger, to_outside
from prove.names import Resolution, resolution
from prove.world import Service, World

DESKTOP, AGENT = "environment", "orchestration"
"""Names of the containers. The names of the services are generated, so services are found by container."""

DOORS = {AGENT: 8501, DESKTOP: 8443}
CONTROL_PORT = 5000
WEB_PORTS = (80, 443)
LONGEST_RETENTION = 30


@dataclass(frozen=True)
class Expectation:
    """What is promised for this stack.

    `deployer` is empty if nobody may connect. `models` and `domains` are None if they were not given; then
    any single model is accepted, and any list that does not allow everything.
    """

    deployer: AddressSet
    models: frozenset[str] | None = None
    domains: frozenset[str] | None = None


@dataclass(frozen=True)
class Case:
    """A world, the expectation for it, and what was computed from it once for all theorems."""

    world: World
    expected: Expectation
    outside: tuple[Flow, ...]
    inside: tuple[InsideFlow, ...]
    outflows: tuple[Outflow, ...]
    names: Resolution

    @classmethod
    def of(cls, world: World, expected: Expectation) -> "Case":
        """Compute everything that the theorems need."""
        return cls(
            world,
            expected,
            tuple(from_outside(world)),
            tuple(inside(world)),
            tuple(to_outside(world)),
            resolution(world.dns),
        )

    def services(self, container: str) -> list[Service]:
        """The services that run a container of this name."""
        return [
            service
            for service in self.world.services
            if any(one.name == container for one in service.task.containers)
        ]

    def ends(self, container: str) -> frozenset[str]:
        """The names of those services."""
        return frozenset(service.name for service in self.services(container))


@dataclass(frozen=True)
class Theorem:
    """A statement to prove. `check` yields one message for each counterexample; none means that it holds."""

    name: str
    statement: str
    check: Callable[[Case], Iterator[str]]


@dataclass(frozen=True)
class Verdict:
    """A theorem and its counterexamples."""

    name: str
    statement: str
    broken_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether there is no counterexample."""
        return not self.broken_by


def prove(case: Case, theorems: tuple[Theorem, ...]) -> list[Verdict]:
    """Check every theorem."""
    return [Verdict(one.name, one.statement, tuple(one.check(case))) for one in theorems]


def _strangers_can_not_connect(case: Case) -> Iterator[str]:
    for flow in case.outside:
        excess = flow.sources - case.expected.deployer - NOBODY
        if excess:
            yield f"{excess} → {' → '.join(flow.path)}"


def _only_the_doors_are_reached(case: Case) -> Iterator[str]:
    doors = {(name, port) for container, port in DOORS.items() for name in case.ends(container)}
    for flow in case.outside:
        if (
            flow.ports[0] != flow.ports[1]
            or (flow.service, flow.ports[0]) not in doors
            or flow.protocol != "tcp"
        ):
            yield str(flow)


def _the_deployer_can_connect(case: Case) -> Iterator[str]:
    for container, port in DOORS.items():
        reached = AddressSet.union(
            flow.sources
            for flow in case.outside
            if flow.service in case.ends(container) and flow.ports == (port, port) and flow.protocol == "tcp"
        )
        shut_out = case.expected.deployer - reached
        if shut_out:
            yield f"{shut_out} can't reach {container}:{port}"


def _inside_only_the_promised_connect(case: Case) -> Iterator[str]:
    balancers = frozenset(balancer.name for balancer in case.world.balancers)
    allowed = {
        (port, name): balancers for container, port in DOORS.items() for name in case.ends(container)
    } | {(CONTROL_PORT, name): case.ends(AGENT) for name in case.ends(DESKTOP)}
    for flow in case.inside:
        sources = allowed.get((flow.ports[0], flow.service), frozenset())
        exact = flow.ports[0] == flow.ports[1] and flow.protocol == "tcp"
        if not exact or flow.source not in sources:
            ports = f"{flow.protocol} {flow.ports[0]}-{flow.ports[1]}"
            yield f"{flow.source} → {flow.service} {ports} ({flow.rule})"


def _nothing_else_is_in_the_network(case: Case) -> Iterator[str]:
    world = case.world
    yield from world.other_ways
    for interface in world.interfaces:
        if is_stranger(world, interface):
            yield f"interface {interface.id} ({interface.kind}) belongs to no known part of the sandbox"
    if len(world.balancers) != 1:
        names = ", ".join(balancer.name for balancer in world.balancers)
        yield f"{len(world.balancers)} load balancers instead of one: {names or 'none'}"
    known = case.ends(DESKTOP) | case.ends(AGENT)
    for service in world.services:
        if service.name not in known:
            yield f"service {service.name} is neither the desktop nor the agent"


def _no_task_has_a_public_address(case: Case) -> Iterator[str]:
    world = case.world
    for service in world.services:
        if service.public_address:
            yield f"{service.name} gives its tasks public addresses"
        for id in service.subnets:
            subnet = world.subnets.get(id)
            if subnet is None:
                yield f"{service.name} runs in {id}, which is not in the VPC"
            elif subnet.to_internet:
                yield f"{service.name} runs in {subnet.name}, which has a route to the internet"
    for interface in world.interfaces:
        if interface.public and interface.kind not in ("nat_gateway", "network_load_balancer"):
            yield f"interface {interface.id} has the public address {interface.public}"


def _the_default_group_is_empty(case: Case) -> Iterator[str]:
    group = case.world.groups.get(case.world.default_group)
    if group is None:
        yield "the VPC's default security group can't be found"
        return
    for rule in (*group.ingress, *group.egress):
        yield rule.label


def _only_web_traffic_leaves(case: Case) -> Iterator[str]:
    for flow in case.outflows:
        if flow.protocol != "tcp" or flow.ports[0] != flow.ports[1] or flow.ports[0] not in WEB_PORTS:
            ports = f"{flow.protocol} {flow.ports[0]}-{flow.ports[1]}"
            yield f"{flow.service} → {ports} of {flow.addresses} ({flow.rule})"


def _only_listed_names_resolve(case: Case) -> Iterator[str]:
    yield from case.names.problems
    if case.expected.domains is not None:
        for name in case.names.resolves:
            if name not in case.expected.domains:
                yield f"{name} resolves unexpectedly"
    if not case.world.dns.fails_closed:
        yield "every name resolves while the DNS firewall is down"


NETWORK = (
    Theorem(
        "ingress",
        "No address outside the deployer's range can open a connection to anything in the network.",
        _strangers_can_not_connect,
    ),
    Theorem(
        "doors",
        "From outside, only the console's port 8501 and the viewer's port 8443 can be reached.",
        _only_the_doors_are_reached,
    ),
    Theorem(
        "deployer", "Every address of the deployer's range reaches both ports.", _the_deployer_can_connect
    ),
    Theorem(
        "inside",
        "Inside the network, only the load balancer reaches 8501 and 8443, and only the agent reaches 5000.",
        _inside_only_the_promised_connect,
    ),
    Theorem(
        "nothing-else",
        "The network has the load balancer, the NAT gateway and both services, and no other way in or out.",
        _nothing_else_is_in_the_network,
    ),
    Theorem(
        "no-public-address",
        "No task has a public address or runs in a subnet with a route to the internet gateway.",
        _no_task_has_a_public_address,
    ),
    Theorem("default-group", "The default security group has no rules.", _the_default_group_is_empty),
    Theorem(
        "egress", "The tasks can connect to the outside on TCP 443 and 80 only.", _only_web_traffic_leaves
    ),
    Theorem(
        "names",
        "Only listed names resolve, all others are blocked, and none resolves while the firewall is down.",
        _only_listed_names_resolve,
    ),
)
