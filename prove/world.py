"""What exists around one VPC, in the terms of the proof. Built by `reading`, judged by `theorems`."""

from dataclasses import dataclass

from prove.addresses import AddressSet
from prove.policies import Statement

ANY_PROTOCOL = "-1"
ALL_PORTS = (0, 65535)


@dataclass(frozen=True)
class Rule:
    """One source or target of a security group rule. `groups` and `addresses` are alternatives.

    `ports` are the first and last one; for protocols without ports all of them.
    """

    label: str
    protocol: str
    ports: tuple[int, int]
    addresses: AddressSet
    groups: frozenset[str] = frozenset()

    def covers(self, protocol: str, port: int) -> bool:
        """Whether the rule is about this protocol and port."""
        return self.protocol in (ANY_PROTOCOL, protocol) and self.ports[0] <= port <= self.ports[1]


@dataclass(frozen=True)
class Group:
    """A security group."""

    id: str
    name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class AclEntry:
    """One entry of a network ACL, in the order of its number."""

    number: int
    allow: bool
    protocol: str
    ports: tuple[int, int]
    addresses: AddressSet


@dataclass(frozen=True)
class Acl:
    """A network ACL: the first entry that matches decides, and what none matches is denied."""

    id: str
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]


@dataclass(frozen=True)
class Subnet:
    """`to_internet` are the addresses that its routes send to an internet gateway, `to_nat` to a
    NAT gateway.
    """

    id: str
    name: str
    addresses: AddressSet
    acl: Acl
    to_internet: AddressSet
    to_nat: AddressSet


@dataclass(frozen=True)
class Interface:
    """A network interface. `public` are its addresses that the internet can send to."""

    id: str
    kind: str
    description: str
    subnet: str
    groups: frozenset[str]
    private: AddressSet
    public: AddressSet


@dataclass(frozen=True)
class TargetGroup:
    """`keeps_client` says that targets see the client's address instead of the load balancer's."""

    arn: str
    name: str
    port: int
    keeps_client: bool
    targets: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Listener:
    """What a load balancer does with connections to one port."""

    port: int
    protocol: str
    target_groups: tuple[str, ...]


@dataclass(frozen=True)
class Balancer:
    """A load balancer. An empty `groups` means that nothing filters who connects to it."""

    arn: str
    name: str
    public: bool
    dual_stack: bool
    subnets: tuple[str, ...]
    groups: frozenset[str]
    listeners: tuple[Listener, ...]


@dataclass(frozen=True)
class Container:
    """A container of a task definition.

    `secrets` are the ARNs of those that it reads, without fields; `unpinned` are the variables that come
    from a secret without naming its version.
    """

    name: str
    image: str
    ports: frozenset[int]
    privileged: bool
    environment: tuple[str, ...]
    secrets: tuple[str, ...]
    unpinned: tuple[str, ...]
    log_group: str


@dataclass(frozen=True)
class Task:
    """A task definition. Roles are ARNs, empty where there is none."""

    arn: str
    containers: tuple[Container, ...]
    task_role: str
    execution_role: str


@dataclass(frozen=True)
class Service:
    """An ECS service. `behind` are (target group ARN, container port)."""

    name: str
    task: Task
    subnets: tuple[str, ...]
    groups: frozenset[str]
    public_address: bool
    exec: bool
    behind: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Role:
    """An IAM role with everything that it may do; `managed` names attached policies."""

    arn: str
    name: str
    trust: tuple[Statement, ...]
    rights: tuple[Statement, ...]
    managed: tuple[str, ...]


@dataclass(frozen=True)
class FirewallRule:
    """A rule of the DNS firewall. `domains` is None where its list can't be read."""

    label: str
    action: str
    block_response: str
    query_type: str
    domains: tuple[str, ...] | None


@dataclass(frozen=True)
class Dns:
    """How names resolve in the VPC: `rules` in the order in which they are asked, over all rule groups."""

    rules: tuple[FirewallRule, ...]
    fails_closed: bool
    query_logs: tuple[str, ...]


@dataclass(frozen=True)
class LogGroup:
    """`retention` is in days, 0 for ever; `key` is empty without one."""

    name: str
    arn: str
    key: str
    retention: int


@dataclass(frozen=True)
class Key:
    """A KMS key."""

    arn: str
    rotates: bool
    enabled: bool
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class Repository:
    """An ECR repository."""

    arn: str
    uri: str
    key: str
    scanned: bool
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class Secret:
    """A secret; its value is never read."""

    arn: str
    key: str
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class FlowLog:
    """A flow log of the VPC. `destination` is a log group's name, or empty for anything else."""

    id: str
    traffic: str
    active: bool
    destination: str
    role: str


@dataclass(frozen=True)
class World:
    """Everything that the theorems speak about. Dictionaries are by id or ARN."""

    account: str
    region: str
    partition: str
    dns_suffix: str
    vpc: str
    addresses: AddressSet
    subnets: dict[str, Subnet]
    groups: dict[str, Group]
    default_group: str
    interfaces: tuple[Interface, ...]
    balancers: tuple[Balancer, ...]
    target_groups: dict[str, TargetGroup]
    services: tuple[Service, ...]
    other_ways: tuple[str, ...]
    dns: Dns
    flow_logs: tuple[FlowLog, ...]
    log_groups: dict[str, LogGroup]
    keys: dict[str, Key]
    repositories: tuple[Repository, ...]
    secrets: dict[str, Secret]
    roles: dict[str, Role]
